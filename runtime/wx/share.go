package wx

// shareRows are about forwarding a page.
var shareRows = []api{
	show("showShareMenu", "withShareTicket", "menus"),
	show("hideShareMenu", "menus"),
	accepted("updateShareMenu"), // about cards that change after they were sent, which none do here
}
