// Package names tells names that could pass for somebody else: for the platform itself, or for an
// official account that was verified.
//
// People read shapes, not code points: "Tеahоuse" with two Cyrillic letters is the platform to
// everybody who looks. So names are compared by their skeletons (Unicode Technical Standard 39),
// in which every character is replaced by the simplest one that looks like it, and without the
// spaces, signs and invisible characters that a glance passes over.
package names

import (
	"strings"
	"unicode"

	"github.com/mtibben/confusables"
	"golang.org/x/text/unicode/norm"

	"github.com/teahouse/teahouse/fault"
)

// platform are the words by which people know the platform.
var platform = []string{"teahouse", "茶舍", "茶馆", "茶館"}

// offices are what a platform has and an account must not claim to be: alone, or beside the
// platform's name. A café may be called Teahouse Café; Teahouse Pay is nobody's.
var offices = []string{
	"account", "admin", "administrator", "alert", "bank", "billing", "center", "centre", "customer", "desk",
	"help", "helpdesk", "moderator", "notice", "notification", "notifications", "official", "pay", "payment",
	"payments", "refund", "refunds", "safety", "secure", "security", "service", "services", "staff", "support",
	"system", "team", "the", "top-up", "verification", "verified", "wallet",
	"安全", "帮助", "幫助", "币", "部门", "充值", "服务", "服務", "付款", "公告", "官方", "管理员", "管理員", "红包", "紅包",
	"客服", "客户", "客戶", "零钱", "零錢", "平台", "钱包", "錢包", "收款", "提现", "提現", "退款", "团队", "團隊",
	"通知", "系统", "系統", "小助手", "验证", "驗證", "银行", "銀行", "账户", "帳戶", "支付", "中心", "助手", "转账", "轉帳",
}

// Skeleton returns what a name looks like. Two names that look alike have the same skeleton.
func Skeleton(name string) string { return fold(name, false) }

// fold computes a skeleton. A capital I looks like a small l and its small letter does not, so
// that a word can be hidden in either: with lower set letters are made small first.
func fold(name string, lower bool) string {
	name = norm.NFKC.String(name)
	if lower {
		name = strings.ToLower(name)
	}
	name = strings.ToLower(confusables.Skeleton(name))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, name)
}

// word is a word in both foldings.
type word [2]string

func words(list []string) []word {
	out := make([]word, len(list))
	for i, text := range list {
		out[i] = word{fold(text, false), fold(text, true)}
	}
	return out
}

var platformWords, officeWords = words(platform), words(offices)

// Check returns an Invalid fault for a name that could pass for the platform: its own name, that
// name with an office, or an office without anything beside it.
func Check(name, path string) error {
	for folding := range 2 {
		shape := fold(name, folding == 1)
		rest, ours := without(shape, platformWords, folding)
		left, office := without(rest, officeWords, folding)
		if ours && office || left == "" && (ours || office) {
			return fault.Errorf(fault.Invalid, "reserved-name",
				"This name could pass for the platform itself; choose one that tells who you are.").
				At(path, "could pass for the platform")
		}
	}
	return nil
}

// without takes the words out of a shape, the longest first, and reports whether there were any.
func without(shape string, list []word, folding int) (rest string, found bool) {
	for {
		longest := ""
		for _, w := range list {
			if w[folding] != "" && len(w[folding]) > len(longest) && strings.Contains(shape, w[folding]) {
				longest = w[folding]
			}
		}
		if longest == "" {
			return shape, found
		}
		shape, found = strings.ReplaceAll(shape, longest, ""), true
	}
}

// Alike reports whether the names look the same.
func Alike(a, b string) bool {
	return fold(a, false) == fold(b, false) || fold(a, true) == fold(b, true)
}
