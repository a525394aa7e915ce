package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

func TestStorageKeepsJSONInOrderAndWithinItsLimits(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		console.log(wx.getStorageSync('had').n, JSON.stringify(wx.getStorageSync('none')));
		wx.setStorageSync('a', [1, {b: '茶'}]);
		wx.setStorage({key: 'c', data: null, success: (r) => console.log(r.errMsg, wx.getStorageSync('c'))});
		wx.getStorage({key: 'none', fail: (r) => console.log(r.errMsg)});
		const copy = wx.getStorageSync('a'); copy.push(2);
		console.log(JSON.stringify(wx.getStorageSync('a')));
		wx.removeStorageSync('had');
		const info = wx.getStorageInfoSync();
		console.log(info.keys.join(), info.currentSize, info.limitSize);
		try { wx.setStorageSync('big', 'x'.repeat(1048576)); } catch (e) { console.log(e.message); }
		for (let i = 0; i < 11; i++) {
			wx.setStorage({key: 'k' + i, data: 'x'.repeat(1000000), fail: (r) => console.log(i, r.errMsg)});
		}
		for (let i = 0; i < 10; i++) wx.removeStorage({key: 'k' + i});
	`), func(r *framework.OpenRequest) { r.Storage = map[string]string{"had": `{"n":1}`} })
	b.WantPrinted("1 \"\"", `[1,{"b":"茶"}]`, "a,c 1 10240",
		"setStorageSync:fail entry size limit reached: one value may have 1 MB",
		"setStorage:ok null", "getStorage:fail data not found",
		"10 setStorage:fail quota limit reached: an app may store 10 MB per user")
	b.WantStorage(map[string]string{"a": `[1,{"b":"茶"}]`, "c": "null"})
	b.WantClean()
}

func TestAnAppReadsWhatAnotherSessionStoredUnlessItChangedTheKeySince(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.setStorageSync('mine', 1); wx.setStorageSync('mine', 2);`,
		`tap() { console.log(wx.getStorageSync('mine'), wx.getStorageSync('theirs'), wx.getStorageInfoSync().keys.join()) }`))
	b.Send(`{"t":"storage","storage":{"op":"set","key":"theirs","value":"7","seen":0}}`)
	b.Send(`{"t":"storage","storage":{"op":"set","key":"mine","value":"\"older\"","seen":1}}`)
	b.Tap(1, 0)
	b.Send(`{"t":"storage","storage":{"op":"set","key":"mine","value":"\"newer\"","seen":2}}`)
	b.Tap(1, 0)
	b.Send(`{"t":"storage","storage":{"op":"remove","key":"theirs","seen":2}}`)
	b.Tap(1, 0)
	b.WantPrinted("2 7 mine,theirs", "newer 7 mine,theirs", "newer  mine")
	b.WantStorage(map[string]string{"mine": "2"}) // what it was told it does not store again
	b.WantClean()
}

// Ensure that a value comes back with its type, also from what another session stored; inside objects
// the rules of JSON hold. A text that is stored is JSON for whoever does not know of types.
func TestStorageKeepsTypes(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		const back = (v) => { wx.setStorageSync('k', v); return wx.getStorageSync('k'); };
		for (const v of [0, false, null, '', '{"a":1}', '007', ' 1970', NaN, -Infinity, [1, {b: '茶😀'}], {d: new Date(0)}]) console.log(back(v));
		const d = back(new Date(86400000)); console.log(Object.prototype.toString.call(d), +d, d instanceof Date);
		console.log(String(back(new Date(NaN))), back(undefined) === '');
		wx.setStorage({key: 'a', data: new Date(5), success: () => wx.getStorage({key: 'a', success: (r) => console.log(r.data.getTime())})});
		console.log(wx.getStorageSync('old'), wx.getStorageSync('other').getTime());
		wx.removeStorageSync('k');
	`), func(r *framework.OpenRequest) {
		r.Storage = map[string]string{"old": `"2020-01-01T00:00:00.000Z"`, "other": ` "2020-01-01T00:00:00.000Z"`}
	})
	b.WantPrinted("0", "false", "null", "", `{"a":1}`, "007", " 1970", "NaN", "-Infinity", `[1, {b: "茶😀"}]`, `{d: "1970-01-01T00:00:00.000Z"}`,
		"[object Date] 86400000 true", "Invalid Date true", "2020-01-01T00:00:00.000Z 1577836800000", "5")
	b.WantStorage(map[string]string{"a": ` "1970-01-01T00:00:00.005Z"`})
	b.WantClean()
}
