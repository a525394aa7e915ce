package goja

import "time"

// SetLocation sets the time zone of this Runtime's dates. Without it they are in the zone of the
// process. A process may so run programs for people in many zones.
func (r *Runtime) SetLocation(zone *time.Location) { r.zone = zone }

// location is time.Local unless SetLocation was called.
func (r *Runtime) location() *time.Location {
	if r.zone == nil {
		return time.Local
	}
	return r.zone
}
