package addresses

// MaxAddresses is how many addresses one person keeps: home, work, family, and old ones.
const MaxAddresses = 20
