// <web-view>: the page of another server. The shell draws it over this page, which has no network.

import { Component } from "../component";

export class WebView extends Component {
  override attached(): void {
    this.show();
  }
  override changed(name: string): void {
    if (name === "src") this.show();
  }
  override detached(): void {
    this.page.post({ t: "webview", target: this.target, src: null });
  }
  private show(): void {
    this.page.post({ t: "webview", target: this.target, src: this.string("src") || null });
  }
}
