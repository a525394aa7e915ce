package demo

import "time"

// requestTimeout bounds one call; compiling the program is the longest.
const requestTimeout = 60 * time.Second
