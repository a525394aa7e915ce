package appfiles

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// Maps of mini programs have a ground when the operator names a source of tiles. The host asks the source
// for them and keeps them for a while: the source learns nothing of the users, and a page's frame needs no
// network.

// MapSource is a source of tiles.
type MapSource struct {
	Tiles       string // the address of a tile, with {z}, {x} and {y}
	Attribution string // whom maps must name
	MaxZoom     int    // the deepest zoom that the source has

	version *version
}

// NewMapSource checks what the operator has set. Without an address there is no source, and it is nil.
func NewMapSource(tiles, attribution string, maxZoom int) (*MapSource, error) {
	if tiles == "" {
		return nil, nil
	}
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(tiles, part) {
			return nil, fmt.Errorf("map tiles: %q has no %s; an address looks like https://tiles.example/{z}/{x}/{y}.png", tiles, part)
		}
	}
	u, err := url.Parse(strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0").Replace(tiles))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("map tiles: %q is not an address; one looks like https://tiles.example/{z}/{x}/{y}.png", tiles)
	}
	if attribution == "" {
		return nil, errors.New("map tiles: the source must be named on maps; say how with --map-attribution")
	}
	if maxZoom < 1 || maxZoom > DeepestTile {
		return nil, fmt.Errorf("map tiles: the deepest zoom is 1 to %d", DeepestTile)
	}
	return &MapSource{Tiles: tiles, Attribution: attribution, MaxZoom: maxZoom,
		version: &version{domains: []string{u.Host}, slots: make(chan struct{}, TilesAtOnce),
			rate: ratelimit.New(ratelimit.PerMinute("map-tiles", TilesPerMinute))}}, nil
}

// address is where the source has a tile; ok is false for a tile that is not in the world.
func (m *MapSource) address(zoom, column, row string) (string, bool) {
	numbers := [3]int{}
	for i, text := range []string{zoom, column, row} {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || strconv.Itoa(n) != text {
			return "", false
		}
		numbers[i] = n
	}
	if numbers[0] > m.MaxZoom {
		return "", false
	}
	if count := int(math.Pow(2, float64(numbers[0]))); numbers[1] >= count || numbers[2] >= count {
		return "", false
	}
	return strings.NewReplacer("{z}", zoom, "{x}", column, "{y}", row).Replace(m.Tiles), true
}

// serveTile answers GET /map/tiles/{z}/{x}/{y}.
func (s *Service) serveTile(c *fiber.Ctx) error {
	if s.Map == nil {
		return notHere()
	}
	address, ok := s.Map.address(strings.Clone(c.Params("z")), strings.Clone(c.Params("x")), strings.Clone(c.Params("y")))
	if !ok {
		return notHere()
	}
	tile, err := s.keptOrFetched(c.UserContext(), "map tiles", s.Map.version, address)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d", int(RemoteFor.Seconds())))
	return s.send(c, remoteKey(tile.hash), tile.kind, tile.size)
}
