package host

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/waittest"
)

// feast is a page that asks for ten answers of 9 MB at once, all within the limits.
var feast = map[string]string{
	"pages/count/count.js": `Page({data: {n: 0}, add() {
		let fed = 0, hungry = 0
		const done = (r) => { r.data && r.data.length === LENGTH ? fed++ : hungry++; if (fed + hungry === 10) this.setData({n: 'fed ' + fed}) }
		for (let i = 0; i < 10; i++) wx.request({url: 'SHOP/feast', dataType: 'text', complete: done}) }})`,
	"pages/count/count.wxml": `<view bindtap="add">{{n}}</view>`,
}

func TestLargeAnswersDoNotFillTheHost(t *testing.T) {
	if waittest.RaceDetector {
		t.Skip("the memory of the race detector is counted too; the other run measures")
	}
	t.Parallel()
	for name, letter := range map[string]string{"plain": "a", "markup": "<", "Chinese": "茶"} {
		t.Run(name, func(t *testing.T) {
			m := startHostProcess(t)
			body := []byte(strings.Repeat(letter, 9<<20/len(letter)))
			heard := m.shop.Config.Handler
			m.shop.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/feast" {
					heard.ServeHTTP(w, r)
					return
				}
				_, _ = w.Write(body) // the host may give up
			})
			for name, content := range feast {
				content = strings.NewReplacer("LENGTH", strconv.Itoa(9<<20/len(letter)), "SHOP", m.shop.URL).Replace(content)
				if err := os.WriteFile(filepath.Join(m.program, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m.start()
			app := m.settings().AppID
			people := m.attackers(6)
			guests := make([]*phone, 18)
			for i := range guests {
				guests[i] = m.open(people[i%len(people)], app)
				guests[i].until(`"page"`)
			}
			rest := m.atRest()
			var all sync.WaitGroup
			for _, guest := range guests {
				all.Go(func() {
					guest.tap()
					guest.fed()
				})
			}
			all.Wait()
			peak := m.memory("VmHWM")
			t.Logf("rest %d MB, peak %d MB", rest>>20, peak>>20)
			if peak-rest > mostUnderFlood {
				t.Errorf("the host grew from %d to %d MB", rest>>20, peak>>20)
			}
			m.stop()
		})
	}
}

// fed waits until the guest has all answers, or until the sandbox has ended a session that holds too much.
func (p *phone) fed() {
	_ = p.conn.SetReadDeadline(waittest.Deadline())
	for {
		_, frame, err := p.conn.ReadMessage()
		switch {
		case websocket.IsCloseError(err, websocket.CloseTryAgainLater), bytes.Contains(frame, []byte("fed ")):
			return
		case err != nil:
			p.t.Errorf("waiting for answers: %v", err)
			return
		}
	}
}
