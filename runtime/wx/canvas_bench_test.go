package wx_test

import (
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// BenchmarkCanvasFrame is the cost of one frame of an animation on the host: a clock of 14 lines, and a
// game of 40 balls whose colours change. bytes is what is sent.
func BenchmarkCanvasFrame(b *testing.B) {
	for name, js := range map[string]string{
		"clock": `ctx.clearRect(0, 0, 300, 300); ctx.save(); ctx.translate(150, 150);
			for (let i = 0; i < 12; i++) { ctx.beginPath(); ctx.rotate(Math.PI / 6); ctx.moveTo(100, 0); ctx.lineTo(110, 0); ctx.stroke(); }
			for (const hand of [60, 3600]) { ctx.save(); ctx.rotate(at / hand); ctx.beginPath(); ctx.moveTo(0, 0); ctx.lineTo(0, -90); ctx.stroke(); ctx.restore(); }
			ctx.restore();`,
		"game": `ctx.fillStyle = '#123'; ctx.fillRect(0, 0, 375, 300);
			for (const ball of balls) { ball.x = (ball.x + ball.vx) % 375; ball.y = (ball.y + ball.vy) % 300;
				ctx.beginPath(); ctx.arc(ball.x, ball.y, 6, 0, Math.PI * 2); ctx.fillStyle = ball.c; ctx.fill(); }
			ctx.fillStyle = '#fff'; ctx.font = '16px sans-serif'; ctx.fillText('Score ' + at, 10, 22);`,
	} {
		b.Run(name, func(b *testing.B) {
			engine := apptest.Engine(b, painting(`
				const balls = [...Array(40)].map((_, i) => ({ x: i * 9, y: i * 7, vx: i % 5 + 0.25, vy: i % 3 + 1, c: 'hsl(' + i * 9 + ', 80%, 50%)' }));
				const step = (at) => { `+js+` canvas.requestAnimationFrame(step); };
				canvas.requestAnimationFrame(step);`))
			now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			out := &counting{}
			s, err := engine.Open(framework.OpenRequest{Now: func() time.Time { return now },
				OpenRequest: protocol.OpenRequest{Env: protocol.Env{Width: 375, Height: 812}}}, out)
			if err != nil {
				b.Fatal(err)
			}
			send := func(text string) {
				if err := s.Message([]byte(text)); err != nil {
					b.Fatal(err)
				}
			}
			send(`{"t":"reply","call":1,"ok":true,"result":[{"width":200,"height":120,"target":[0,0]}]}`)
			out.bytes = 0
			for b.Loop() {
				now = now.Add(time.Second / 50)
				if err := s.RunTimers(now); err != nil {
					b.Fatal(err)
				}
				send(`{"t":"event","page":1,"type":"drawn","target":[0,0],"detail":{"batches":` + apptest.JSON(out.draws) + `}}`)
			}
			b.ReportMetric(float64(out.bytes)/float64(b.N), "bytes/frame")
			if out.draws < b.N {
				b.Errorf("%d frames in %d rounds", out.draws, b.N)
			}
		})
	}
}

// counting counts what a session draws.
type counting struct {
	apptest.Discard
	draws, bytes int
}

// Frame implements protocol.Host.
func (c *counting) Frame(text []byte) {
	if string(text[:9]) == `{"t":"dra` {
		c.draws++
		c.bytes += len(text)
	}
}
