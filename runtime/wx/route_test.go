package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestOpenerAndOpenedPageExchangeEvents(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Page({onLoad() {
			wx.navigateTo({url: '../b/b', events: {up: (d) => console.log('up', d.n)},
				success: (res) => res.eventChannel.emit('down', {n: 1})});
		}});`,
		"pages/b/b.js": `Page({onLoad() {
			const ch = this.getOpenerEventChannel();
			ch.on('down', (d) => { console.log('down', d.n); ch.emit('up', {n: d.n + 1}); });
		}});`,
	})
	b.WantPrinted("down 1", "up 2")
	b.WantClean()
}
