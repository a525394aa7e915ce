package payments

import "github.com/teahouse/teahouse/fault"

// pinLength is the length that users know from cards and existing wallets.
const pinLength = 6

// ValidPIN returns an Invalid fault unless the PIN has six digits and is not easy to guess.
func ValidPIN(pin string) error {
	if len(pin) != pinLength {
		return badPIN()
	}
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return badPIN()
		}
	}
	if trivialPIN(pin) {
		return fault.Errorf(fault.Invalid, "weak-pin",
			"This PIN is too easy to guess; avoid repeated and consecutive digits.")
	}
	return nil
}

func badPIN() error {
	return fault.Errorf(fault.Invalid, "bad-pin", "The PIN must be six digits.")
}

// trivialPIN finds runs with a constant step (000000, 123456, 654321, also across nine: 890123),
// repeated pairs and triples (121212, 123123), and runs of doubled digits (112233).
func trivialPIN(pin string) bool {
	step := func(i int) int { return (int(pin[i]) - int(pin[i-1]) + 10) % 10 }
	steady := true
	for i := 2; i < len(pin); i++ {
		steady = steady && step(i) == step(1)
	}
	if steady && (step(1) == 0 || step(1) == 1 || step(1) == 9) {
		return true
	}
	if pin[:3] == pin[3:] || pin[:2] == pin[2:4] && pin[2:4] == pin[4:] {
		return true
	}
	return pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5]
}
