package vm_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

// Ensure that programs get the formats that V8 gives, in the locale that they name.
func TestTextsOfALocaleAreThoseOfV8(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const d = new Date(Date.UTC(2021, 2, 9, 3, 4, 5)), UTC = { timeZone: 'UTC' };
		console.log(d.toLocaleDateString('en-US', UTC), d.toLocaleDateString('en-GB', UTC), d.toLocaleDateString('zh-CN', UTC));
		console.log(d.toLocaleTimeString('zh-CN', { ...UTC, hour12: false }), '|', d.toLocaleString('en-US', { month: 'long', ...UTC }));
		console.log(d.toLocaleString('en-US', { timeZone: 'Asia/Shanghai', hour: '2-digit', hour12: false }), new Date(NaN).toLocaleString());
		console.log((1234.5).toLocaleString('zh-CN', { style: 'currency', currency: 'CNY' }), (0.256).toLocaleString('en-US', { style: 'percent' }),
			(1234.5).toLocaleString('de-DE'), (1234567.891).toLocaleString(), (1234567).toLocaleString('en', { useGrouping: false }), 12n.toLocaleString());
		console.log(['王', '李', '张'].sort((a, b) => a.localeCompare(b, 'zh-CN')).join(''), ['z', 'é', 'e', 'a'].sort((a, b) => a.localeCompare(b)).join(''),
			['a10', 'a2'].sort((a, b) => a.localeCompare(b, undefined, { numeric: true })).join(), 'A'.localeCompare('a', 'en', { sensitivity: 'base' }));
		console.log(['b', 'B', 'a', 'A'].sort(new Intl.Collator().compare).join(''), new Intl.NumberFormat('zh-CN', { notation: 'compact' }).format(123456));
		console.log(new Intl.DateTimeFormat('zh-CN', { dateStyle: 'full', ...UTC }).format(d), new Intl.PluralRules('en').select(1),
			new Intl.RelativeTimeFormat('zh-CN', { numeric: 'auto' }).format(-1, 'day'), Intl.ListFormat('en').format(['a', 'b', 'c']));
		console.log(Intl.NumberFormat.supportedLocalesOf(['zh-CN', 'tlh', 'de']).join(), new Intl.NumberFormat(['tlh', 'de']).resolvedOptions().locale);
	`))
	b.WantPrinted("3/9/2021 09/03/2021 2021/3/9", "03:04:05 | March", "11 Invalid Date",
		"¥1,234.50 26% 1.234,5 1,234,567.891 1234567 12", "李王张 aeéz a2,a10 0", "aAbB 12万",
		"2021年3月9日星期二 one 昨天 a, b, and c", "zh-CN,de de")
}

// Ensure that what cannot be given is an error, and never silently another locale's.
func TestALocaleWithoutDataIsAnError(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		for (const f of [() => (1).toLocaleString('tlh'), () => new Date(0).toLocaleDateString('ru'), () => 'a'.localeCompare('b', 'tlh'),
			() => new Intl.DateTimeFormat('en', { timeZone: 'Mars/Base' }), () => new Intl.NumberFormat('en', { style: 'currency', currency: 'x' }),
			() => new Intl.NumberFormat('en').formatToParts(1), () => (1).toLocaleString('en', { maximumFractionDigits: 101 }),
			() => new Date(0).toLocaleDateString('en', { timeStyle: 'short' }), () => (2n ** 70n).toLocaleString()]) {
			try { console.log(f()); } catch (e) { console.log(e.name); }
		}
	`))
	b.WantPrinted("RangeError", "RangeError", "RangeError", "RangeError", "RangeError", "RangeError", "RangeError", "TypeError", "RangeError")
}

// Ensure that without a locale the language of the user's phone decides.
func TestTheLanguageOfThePhoneIsTheDefault(t *testing.T) {
	t.Parallel()
	program := apptest.OnePage(`console.log(new Date(Date.UTC(2021, 2, 9)).toLocaleDateString(undefined, { dateStyle: 'long', timeZone: 'UTC' }), Intl.NumberFormat().resolvedOptions().locale)`)
	chinese := apptest.Open(t, program, func(r *framework.OpenRequest) { r.Env.Language = "zh_CN" })
	chinese.WantPrinted("2021年3月9日 zh-CN")
	english := apptest.Open(t, program, func(r *framework.OpenRequest) { r.Env.Language = "en" })
	english.WantPrinted("March 9, 2021 en-US")
}
