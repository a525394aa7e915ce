package sessions

import (
	"strings"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/worker"
)

// chinese holds the sentences that users read at the end of a session, by the code that comes with
// them; the English ones are the faults' own.
var chinese = map[string]string{
	worker.CodeStopped:     "小程序占用资源过多或响应过慢，已被关闭。请重新打开。",
	worker.CodeCrashed:     "小程序意外停止。请重新打开。",
	worker.CodeQuarantined: "小程序多次异常停止，已暂停使用，并已通知其开发者。",
	worker.CodeDraining:    "服务正在重启，小程序稍后会自动重新连接。",
	"app-restarting":       "小程序正在重启，请稍后再试。",
	"app-busy":             "当前使用人数过多，请稍后再试。",
	"host-busy":            "服务繁忙，请稍后再试。",
	"app-broken":           "此版本的小程序无法打开，已通知其开发者。",
	"app-idle":             "小程序长时间未使用，已被关闭。请重新打开。",
	"app-flooding":         "小程序一次请求过多，已被关闭。请重新打开。",
	"app-taken-down":       "此小程序暂不可用。",
	"session-ended":        "登录已失效，请重新登录。",
	"token-expired":        "登录已过期，请重新登录。",
	"client-too-slow":      "网络连接过慢，小程序已被关闭。请重新打开。",
	"storage-unavailable":  "暂时无法保存小程序的数据，请稍后再试。",
	"too-many-sessions":    "打开的小程序过多，请先关闭一个。",
}

// messageFor returns what the user reads about an error, in their language where we have it.
func messageFor(err error, language string) string {
	if text, ok := chinese[fault.SlugOf(err)]; ok && strings.HasPrefix(language, "zh") {
		return text
	}
	if strings.HasPrefix(language, "zh") {
		return fault.MessageIn(fault.Chinese, err)
	}
	return fault.MessageOf(err)
}
