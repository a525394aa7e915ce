package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestActionSheetCancelFailsAndCompletes(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`wx.showActionSheet({itemList: ['a'], success: () => console.log('no'),
		fail: (r) => console.log(r.errMsg), complete: (r) => console.log('complete', r.errMsg)});`))
	b.Send(`{"t":"reply","call":%v,"ok":false,"error":"cancel"}`, b.Last("showActionSheet")["call"])
	b.WantPrinted("showActionSheet:fail cancel", "complete showActionSheet:fail cancel")
}

// Ensure that the vendor's refusals have the vendor's words: programs show or compare them.
func TestWhatTheVendorRefusesFailsInItsWords(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		`showActionSheet({itemList: ['1', '2', '3', '4', '5', '6', '7'], fail})`:       "showActionSheet:fail parameter error: itemList should not be large than 6",
		`showActionSheet({itemList: [], fail})`:                                        "showActionSheet:fail parameter error: parameter.itemList should have at least 1 item",
		`setNavigationBarColor({frontColor: 'red', backgroundColor: '#ff0000', fail})`: `setNavigationBarColor:fail invalid frontColor "red"`,
		`setNavigationBarColor({backgroundColor: '#ff0000', fail})`: "setNavigationBarColor:fail parameter error: " +
			"parameter.frontColor should be String instead of Undefined",
		`setNavigationBarColor({frontColor: '#ffffff', fail})`: "setNavigationBarColor:fail parameter error: " +
			"parameter.backgroundColor should be String instead of Undefined",
	} {
		b := apptest.Open(t, apptest.OnePage(`const fail = (r) => console.log(r.errMsg); wx.`+call))
		b.WantPrinted(want)
	}
}
