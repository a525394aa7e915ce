// Package names tells names that could pass for somebody else: for the platform itself, or for an
// official account that was verified.
//
// People read shapes, not code points: "Tеahоuse" with two Cyrillic letters is the platform to
// everybody who looks. So names are compared by their skeletons (Unicode Technical Standard 39),
// in which every character is replaced by the simplest one that looks like it, and without the
// spaces, signs and invisible characters that a glance passes over.
package names

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mtibben/confusables"
	"golang.org/x/text/unicode/norm"

	"github.com/teahouse/teahouse/fault"
)

// PlatformHandle is the handle of the official account in whose name the host itself writes. Nobody can
// take it.
const PlatformHandle = "teahouse"

// platform are the words by which people know the platform.
var platform = []string{PlatformHandle, "茶舍", "茶舎", "茶馆", "茶館", "茶舘"}

// offices are what a platform has and an account must not claim to be: alone, or beside the
// platform's name. A café may be called Teahouse Café; Teahouse Pay is nobody's.
var offices = []string{
	"account", "admin", "administrator", "alert", "alipay", "bank", "billing", "cash", "center", "centre", "customer",
	"desk", "help", "helpdesk", "login", "moderator", "money", "notice", "notification", "notifications", "official", "pay", "payment",
	"payments", "pin reset", "red packet", "refund", "refunds", "safety", "secure", "security", "service", "services", "staff", "support",
	"system", "team", "the", "top-up", "verification", "verified", "verify", "wallet", "wechat pay",
	"安全", "帮助", "幫助", "币", "部门", "充值", "服务", "服務", "付款", "公告", "官方", "管理员", "管理員", "红包", "紅包",
	"客服", "客户", "客戶", "零钱", "零錢", "平台", "钱包", "錢包", "收款", "提现", "提現", "退款", "团队", "團隊",
	"通知", "系统", "系統", "小助手", "验证", "驗證", "银行", "銀行", "账户", "帳戶", "支付", "支付宝", "支付寶", "微信支付", "中心", "助手", "转账", "轉帳",
}

// companions say nothing alone, and stand in ordinary words (a spinning mill, a company): a name that
// has nothing but them beside the platform's name or an office passes for the platform.
var companions = []string{
	"care", "check", "com", "department", "dept", "hq", "inc", "my", "our", "pin", "request", "your",
}

// Skeleton returns what a name looks like. Two names that look alike have the same skeleton.
func Skeleton(name string) string { return fold(name, 0) }

// Foldings, which are added. A capital I looks like a small l and its small letter does not, so that
// a word can be hidden in either: lower makes letters small first. digits reads digits and signs as
// the letters they stand for in T3ahouse; other names may have them in earnest, so that only the
// platform's name is looked for in it.
const (
	lower = 1 << iota
	digits
	foldings
)

// fold computes a skeleton.
func fold(name string, folding int) string {
	name = strings.Map(plain, norm.NFKC.String(name))
	if folding&lower != 0 {
		name = strings.ToLower(name)
	}
	name = strings.ToLower(confusables.Skeleton(name))
	return strings.Map(func(r rune) rune {
		r = plain(r) // a Cyrillic н has become a small capital
		if letter, ok := digitLetters[r]; ok && folding&digits != 0 {
			return letter
		}
		if (unicode.IsLetter(r) || unicode.IsNumber(r)) && !blank(r) {
			return r
		}
		return -1
	}, name)
}

var digitLetters = map[rune]rune{'0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', '$': 's'}

// smallCapitals are in the order of smallLetters.
var smallCapitals, smallLetters = []rune("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ"), []rune("abcdefghijklmnopqrstuvwyz")

// plain is the letter in a small capital, a square, a circle or a half of a flag, which the tables of
// Unicode leave as they are.
func plain(r rune) rune {
	switch {
	case r >= 0x1F130 && r <= 0x1F149, r >= 0x1F150 && r <= 0x1F169, r >= 0x1F170 && r <= 0x1F189:
		return 'A' + (r-0x1F130)%0x20
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return 'A' + r - 0x1F1E6
	}
	if i := slices.Index(smallCapitals, r); i >= 0 {
		return smallLetters[i]
	}
	return r
}

// blank reports whether nothing is drawn for a letter, sign or mark: fillers, joiners, the empty
// Braille pattern.
func blank(r rune) bool {
	return r == '\u2800' || unicode.IsSpace(r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Visible reports whether something of the text is drawn.
func Visible(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !blank(r) })
}

// word is a word in all foldings.
type word [foldings]string

func words(list []string) []word {
	out := make([]word, len(list))
	for i, text := range list {
		for folding := range foldings {
			out[i][folding] = fold(text, folding)
		}
	}
	return out
}

var platformWords, officeWords, companionWords = words(platform), words(offices), words(companions)

// Check returns an Invalid fault for a name that could pass for the platform: its own name, that
// name with an office, or an office without anything of its own beside it.
func Check(name, path string) error {
	for folding := range foldings {
		rest, ours := without(fold(name, folding), platformWords, folding)
		if !ours && folding&digits != 0 {
			continue
		}
		rest, office := without(rest, officeWords, folding)
		rest, _ = without(rest, companionWords, folding)
		if ours && office || rest == "" && (ours || office) {
			return fault.Errorf(fault.Invalid, "reserved-name",
				"This name could pass for the platform itself; choose one that tells who you are.").
				At(path, "could pass for the platform")
		}
	}
	return nil
}

// HasPlatform reports whether the platform's name is in the text.
func HasPlatform(text string) bool {
	for folding := range foldings {
		if _, ours := without(fold(text, folding), platformWords, folding); ours {
			return true
		}
	}
	return false
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
	return fold(a, 0) == fold(b, 0) || fold(a, lower) == fold(b, lower)
}
