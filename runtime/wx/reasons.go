package wx

import (
	"regexp"
	"sync"

	"github.com/teahouse/teahouse/runtime/framework"
)

// reasons say why members of wx are not supported, by their names; the first that matches counts. A
// program reads them in errMsg, its developer in the log, in the diagnostics of a version and in
// docs/compatibility.md. fault has their Chinese.
var reasons = []reason{
	{"BLE|Bluetooth|Beacon", "browsers give pages no access to Bluetooth"},
	{"Wifi", "browsers do not show networks to pages"},
	{"HCE|NFC", "browsers give pages no access to NFC"},
	{"TCPSocket|UDPSocket|LocalService|LocalIPAddress", "programs reach declared servers over HTTPS and WSS only"},
	{"Channels", "Teahouse has no channels"},
	{"Ad$", "Teahouse shows no advertisements"},
	{"Soter|Facial|[Ff]aceDetect|VKSession", "browsers give pages no biometrics or camera frames"},
	{"VoIP|1v1Chat|^join", "Teahouse has no calls"},
	{"SecureElement|TransitCard|PaymentPass|^addCard$|^openCard$", "browsers give pages no access to cards"},
	{"ShareInfo|GroupEnterInfo|PrivateMessage", "a shared card does not say in which chat it was opened: there are no share tickets"},
	{"Sticker|Emoji|Group|ChatTool|Favorites|WeRun|DesignerProfile|Inquiries", "Teahouse chats have no such part"},
	{"Invoice|LicensePlate|Employee|StoreOrder|StoreCoupon", "Teahouse does not keep such records"},
	{"Payment|MerchantTransfer|RedPackage|OfflinePay|AppleSubscribe", "money moves through wx.requestPayment only"},
	{`^cloud\.c.*Container`, "there are no containers: use wx.request and wx.connectSocket"},
	{"Inference|CommonConfig|authorizeForMiniProgram", "it belongs to the vendor's own services"},
	{"ScreenBrightness|ScreenRecording|VisualEffectOnCapture|WindowSize|WindowState", "browsers do not let pages change or see this"},
	{"BackgroundFetch|CacheManager", "programs run on the server, and only while they are open"},
	{"[Pp]lugin|postMessageToReferrer", "plugins are not part of Teahouse"},
	{"^cropImage|^editImage|^openVideoEditor|^compressVideo", "there is no editor of pictures and films: draw the part you need on a canvas"},
	{"^share(File|Video)Message", "programs send cards to chats and no files: hand the file to the user with wx.saveFileToDisk"},
	{"OfficialAccountArticle|shareToOfficialAccount", "articles are messages in the chat of their account: use wx.openOfficialAccountChat"},
	{"^openAppAuthorizeSetting", "pages cannot open the settings of a browser"},
	{"^openPrivacyContract", "a program has no privacy contract here: the user is asked for each permission when it is used"},
	{"SubscribeDevice", "Teahouse has no devices that send messages"},
	{"UserCryptoManager", "the host keeps no keys for programs: encrypt on the account's own server"},
	{"XrFrame", "three-dimensional scenes need the phone's graphics processor, and programs run on the server"},
	{"loadBuiltInFontFace", "the vendor's fonts are its own: load yours with wx.loadFontFace"},
	{"^o(n|ff)Key(Down|Up)$", "keys are for the fields of a page: use bindinput and bindconfirm"},
	{"Video|Media|Camera|Live|Map|WebAudio|AudioContext", "programs run on the server, where there are no media streams to work on"},
}

type reason struct{ names, why string }

// matchers are the names of the reasons.
var matchers = sync.OnceValue(func() []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(reasons))
	for i, r := range reasons {
		all[i] = regexp.MustCompile(r.names)
	}
	return all
})

// notSupported is the text after "wx.<name> is" and after "fail".
func notSupported(name string) string {
	text := "not supported by Teahouse " + framework.Version
	if why := WhyNot(name); why != "" {
		text += ": " + why
	}
	return text
}

// WhyNot is the reason why a member does not work, or "" for one that does.
func WhyNot(name string) string {
	if Supported(name) {
		return ""
	}
	for i, matches := range matchers() {
		if matches.MatchString(name) {
			return reasons[i].why
		}
	}
	return ""
}

// Compatibility is one row of docs/compatibility.md.
type Compatibility struct {
	Name  string
	Works bool
	Why   string // when it does not
}

// Compatibilities lists every member of the vendor's wx, sorted.
func Compatibilities() []Compatibility {
	var rows []Compatibility
	for _, name := range Members() {
		row := Compatibility{Name: name, Works: Supported(name)}
		row.Why = WhyNot(name)
		rows = append(rows, row)
	}
	return rows
}
