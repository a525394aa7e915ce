// Finding people, official accounts and mini programs, and their pages.

export { AccountPage, AccountsPage } from "./AccountPages";
export { SearchPage } from "./SearchPage";
export { UserPage } from "./UserPage";
