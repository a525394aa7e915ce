package wx_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestAPageThatAsksForAPluginOpensAndWhatItAsksOfItFails(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `const places = requirePlugin('places'), speech = requirePlugin('speech');
			const recorder = speech.getRecordRecognitionManager();
			recorder.onStop = () => console.log('stopped');
			recorder.start({lang: 'zh_CN'});
			console.log(places.getLocation(), places.setLocation(null), typeof places.then, JSON.stringify({places}));
			speech.translate({content: 'tea', success: () => console.log('translated'),
				fail: (e) => console.log(e.errMsg), complete: () => console.log('complete')});
			speech.status({room: 1}).catch((e) => console.log(e.errMsg));
			Page({data: {text: 'open'}});`,
		"pages/index/index.wxml": `<view>{{text}}</view>`,
	})
	b.WantPrinted("undefined undefined undefined {\"places\":{}}",
		"translate:fail not supported by Teahouse 0.1.0: plugins are programs that only the vendor's client has", "complete",
		"status:fail not supported by Teahouse 0.1.0: plugins are programs that only the vendor's client has")
	if got := b.Problems(); !strings.Contains(got, `requirePlugin("places"): not supported by Teahouse`) ||
		strings.Contains(got, "error") {
		t.Error(got)
	}
}
