package names_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/names"
)

// Ensure that what looks like the platform or one of its offices is refused, in whatever letters.
func TestNamesThatPassForThePlatformAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Teahouse", "TEAHOUSE", "Tea House", "t.e.a.h.o.u.s.e", "Теаhоuѕе", "ＴＥＡＨＯＵＳＥ", "Teah0use", "T\u200bea\u00adhouse",
		"𝐓𝐞𝐚𝐡𝐨𝐮𝐬𝐞", "Teahouse Pay", "teahouse-wallet", "Tеahouse Suppоrt Team", "My Teahouse Wallet", "Teahouse 官方",
		"茶舍", "茶舍支付", "茶馆客服中心", "官方客服", "支付中心", "系统通知", "錢包", "Wallet", "WaIIet", "WALLET", "Paymеnt Center",
		"Official Support", "official", "Security Alert", "★ Wallet ★",
		"ᴛᴇᴀʜᴏᴜꜱᴇ", "🆃🅴🅰🅷🅾🆄🆂🅴", "🅃🄴🄰🄷🄾🅄🅂🄴", "🅣🅔🅐🅗🅞🅤🅢🅔", "🇹🇪🇦🇭🇴🇺🇸🇪", "Teaʜouse", "Теанouse", "T3ahouse", "Te4house", "Te@house",
		"7eahou$e", "T3ahouse P4y", "tea\u3164house", "\u2800Teahouse", "茶舎", "茶舘", "Teahouse Cash", "Teahouse Money",
		"Teahouse Red Packet", "Teahouse Login", "Teahouse Log-in", "Teahouse Verify", "Teahouse Verification", "Teahouse PIN",
		"Teahouse HQ", "Teahouse Inc", "Teahouse, Inc.", "Teahouse.com", "My Wallet", "Your Wallet", "Payment Request",
		"Refund Dept", "Security Check", "PIN reset", "Customer Care", "微信支付", "支付宝",
	} {
		if err := names.Check(name, "body.name"); fault.SlugOf(err) != "reserved-name" {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

// Ensure that ordinary names stay free.
func TestOrdinaryNamesAreFree(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Teahouse Café", "茶舍咖啡", "Corner Café", "Order at the cafe", "Café Wallet Repair", "Lin's Noodles", "Payal's Kitchen",
		"Ресторан", "星期八小镇", "老舍茶馆旁的书店", "A", "1", "🍵", "Zażółć gęślą jaźń", "Serviço de Entrega São Paulo",
		"Money Museum", "Cash & Carry Kraków", "My", "Pin", "Care", "Studio 4", "7-Eleven", "🇧🇷 Padaria", "Teahouse Company",
		"Teahouse Spinning Mill", "Teahouse Incense", "Care for Cats", "茶舍 4",
	} {
		if err := names.Check(name, "body.name"); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestNamesThatLookTheSameAreAlike(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"Corner Café", "Соrnеr Café"}, {"PayMei", "Pay Mei"}, {"Illuminate", "lIluminate"}, {"modern", "modem"},
		{"CORNER", "corner"}, {"MIA TEA", "mia tea"}, {"Café", "Cafe\u0301"},
	} {
		if !names.Alike(pair[0], pair[1]) {
			t.Errorf("%q and %q: %q %q", pair[0], pair[1], names.Skeleton(pair[0]), names.Skeleton(pair[1]))
		}
	}
	if names.Alike("Corner Café", "Corner Cake") {
		t.Error("other names are alike")
	}
}

// Whatever is written around or between the letters of a name, it still looks like itself.
func TestSignsDoNotHideAName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hidden := ""
		for _, r := range "teahouse" {
			hidden += string(r) + rapid.SampledFrom([]string{"", " ", ".", "-", "\u200b", "\u00ad", "\u2060", "·", "★"}).Draw(t, "sign")
		}
		if err := names.Check(hidden, "body.name"); err == nil {
			t.Fatalf("%q is free", hidden)
		}
	})
}

// Ensure that a name is seen to be empty whatever its blanks are made of.
func TestBlankNamesAreNotVisible(t *testing.T) {
	t.Parallel()
	for _, blank := range []string{
		"", " ", "\u2800", "\u3164", "\u115f", "\u1160", "\uffa0", "\u034f", "\u200b", "\ufe0f", "\U000e0041", "\u2800 \u3164",
	} {
		if names.Visible(blank) {
			t.Errorf("%q is visible", blank)
		}
	}
	for _, name := range []string{"A", "茶", "🍵", "❤\ufe0f", "김\u3164"} {
		if !names.Visible(name) {
			t.Errorf("%q is blank", name)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"", "Teahouse", "\xff", "茶舍", "a\u0301\u0301\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		_ = names.Check(name, "body.name")
		if !names.Alike(name, name) {
			t.Errorf("%q is not like itself", name)
		}
	})
}
