// Components of services that are not here. They say so in a line, so that nobody waits for what will not
// come; what the program puts inside them is shown.

import { Component, part } from "../component";
import { texts } from "../texts";

class Missing extends Component {
  override created(): void {
    const name = this.el.tagName.slice("wx-".length).toLowerCase();
    const { missing, missingNames } = texts(this.page.env.language);
    const line = part("missing", missing.replace("{name}", missingNames[name] ?? name));
    this.slot = part("missing-content");
    this.el.append(line, this.slot);
  }
}

/** Programs make room for an advertisement only when one comes. */
class Advertisement extends Missing {
  override attached(): void {
    this.emit("error", { errCode: 1004, errMsg: "no advertisement" });
  }
}

class OfficialAccount extends Missing {
  override attached(): void {
    this.emit("error", { status: 4, errMsg: "not supported" });
  }
}

export const PLACEHOLDERS = {
  ad: Advertisement,
  "ad-custom": Advertisement,
  "official-account": OfficialAccount,
  "official-account-publish": OfficialAccount,
  "channel-video": Missing,
  "channel-live": Missing,
  "store-product": Missing,
  "store-home": Missing,
  "store-coupon": Missing,
  "store-gift": Missing,
  "voip-room": Missing,
};

/**
 * Markup does not get the names and pictures of users: as in the vendor's client since 2022, it shows what
 * stands for anybody. The app asks for a name and a picture with a button.
 */
export class OpenData extends Component {
  override created(): void {
    this.changed("type");
  }
  override changed(name: string): void {
    if (name !== "type") return;
    const words = texts(this.page.env.language);
    const type = this.string("type");
    this.el.toggleAttribute("data-picture", type === "userAvatarUrl");
    this.el.textContent = type === "userNickName" ? words.somebody : "";
    if (type === "userAvatarUrl") {
      this.el.setAttribute("role", "img");
      this.el.setAttribute("aria-label", words.somebody);
    }
  }
}
