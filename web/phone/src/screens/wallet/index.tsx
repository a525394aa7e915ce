// Balance, statement, top-up and PIN.

export { EntryPage, OrderPage } from "./Details";
export { PinPage } from "./PinPage";
export { TopUpPage } from "./TopUpPage";
export { WalletPage } from "./WalletPage";
