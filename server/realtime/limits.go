package realtime

import "time"

// Limits of a person's socket.
const (
	authTimeout    = 5 * time.Second  // a client has its token before it connects
	writeTimeout   = 10 * time.Second // a phone in a tunnel; longer and the socket is dead
	pingInterval   = 25 * time.Second // below the idle timeout of common proxies (30 to 60 s)
	readTimeout    = 70 * time.Second // two pings missed, and a margin
	maxFrame       = 16 << 10         // a token is about 1 KB; clients send nothing else of size
	queueLength    = 256              // events that a slow client may lag behind
	maxSocketsUser = 20               // tabs and devices of one person on one host
	bufferBytes    = 1024             // per socket and direction; events are small, connections many
)
