package wx_test

import (
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func withWorker(page, worker string) map[string]string {
	files := apptest.OnePage(page, `tap() { this.go(); }`)
	files["pages/index/index.wxml"] = `<view bindtap="tap"/>`
	files["app.json"] = `{"pages":["pages/index/index"],"workers":"workers"}`
	files["workers/count.js"] = worker
	files["workers/sums.js"] = `exports.sum = (list) => list.reduce((a, b) => a + b, 0);`
	return files
}

func TestAWorkerExchangesMessagesAndRequiresModules(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withWorker(`
		const worker = wx.createWorker('workers/count.js');
		worker.onMessage((m) => console.log('sum', m.sum, m.buffer === undefined));
		const list = {list: [1, 2, 3]};
		worker.postMessage(list);
		list.list.push(100); // a message is a copy
		try { wx.createWorker('workers/count.js'); } catch (e) { console.log(e.message); }
		try { worker.postMessage('text'); } catch (e) { console.log(e.message); }
		this.go = () => { worker.terminate(); worker.postMessage(list);
			wx.createWorker('/workers/count.js').terminate(); console.log('again'); };`,
		`const { sum } = require('./sums');
		console.log(typeof wx, typeof Page, typeof getApp, typeof setTimeout);
		worker.onMessage((m) => worker.postMessage({sum: sum(m.list)}));`))
	b.Tap(1, 0)
	b.WantPrinted("createWorker:fail exceed max worker limit: terminate the other worker first",
		"postMessage:fail the message should be an object",
		"undefined undefined undefined function", "sum 6 true", "again")
	b.WantClean()
}

func TestAWorkersTimersRunAndItsErrorsAreHeard(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, withWorker(`
		const worker = wx.createWorker('workers/count.js');
		worker.onMessage((m) => console.log('at', m.at));
		worker.onError((e) => console.log('error', e.message));
		try { wx.createWorker('workers/none.js'); } catch (e) { console.log('max' in e, e.message.slice(0, 17)); }`,
		`setTimeout(() => { worker.postMessage({at: Date.now() % 1000}); throw new Error('broken'); }, 50);`))
	b.Advance(time.Second)
	b.WantPrinted("false createWorker:fail", "at 50", "error Error: broken")
}

func TestAMissingFileIsNoWorker(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`try { wx.createWorker('workers/none.js'); } catch (e) { console.log(e.message); }`))
	b.WantPrinted(`createWorker:fail "workers/none.js" is not a file of the program`)
}
