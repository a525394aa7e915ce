package document

import (
	"math"
)

// Places are GeoJSON: {"type": "Point", "coordinates": [longitude, latitude]}.

type point struct{ longitude, latitude float64 }

func pointOf(value any) (p point, ok bool) {
	o, _ := value.(Object)
	kind, _ := get[string](o, "type")
	pair, _ := get[Array](o, "coordinates")
	if kind != "Point" {
		return p, false
	}
	return pairOf(pair)
}

func pairOf(value any) (p point, ok bool) {
	pair, _ := value.(Array)
	if len(pair) != 2 {
		return p, false
	}
	longitude, one := pair[0].(float64)
	latitude, two := pair[1].(float64)
	return point{longitude, latitude}, one && two && math.Abs(longitude) <= 180 && math.Abs(latitude) <= 90
}

// earth is the radius of the earth in metres that MongoDB counts with.
const earth = 6378100

// distance is the way between two points over the ground, in metres.
func distance(a, b point) float64 {
	const degree = math.Pi / 180
	up, along := (b.latitude-a.latitude)*degree, (b.longitude-a.longitude)*degree
	h := math.Pow(math.Sin(up/2), 2) + math.Cos(a.latitude*degree)*math.Cos(b.latitude*degree)*math.Pow(math.Sin(along/2), 2)
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h)))
}

// distanceSteps is what distance costs in steps.
const distanceSteps = 8

// near orders what a query finds by its distance.
type near struct {
	path []string
	from point
}

// Distance is how far a document is from the place that the condition names; false when it names none.
func (c *Condition) Distance(doc Object) (float64, bool) {
	if c.near == nil {
		return 0, false
	}
	d, _ := c.nearest(*c.near, doc)
	return d, true
}

// nearest is how far a document is from a place, and where; nil when it is nowhere.
func (b *budget) nearest(from near, doc Object) (least float64, where any) {
	least = math.Inf(1)
	b.walk(doc, from.path, func(value any, _ bool) bool {
		if p, ok := pointOf(value); ok {
			b.spent += distanceSteps
			if d := distance(from.from, p); where == nil || d < least {
				least, where = d, value
			}
		}
		return false
	})
	return least, where
}

func (r *reader) nearby(path []string, value any) (test, error) {
	o, _ := value.(Object)
	geometry, _ := o.Get("geometry")
	from, ok := pointOf(geometry)
	most, least := math.Inf(1), 0.0
	for name, bound := range map[string]*float64{"maxDistance": &most, "minDistance": &least} {
		if given, there := o.Get(name); there {
			n, number := given.(float64)
			ok = ok && number
			*bound = n
		}
	}
	if !ok || r.condition.near != nil {
		return nil, invalid("geoNear needs a Point as geometry, distances in metres, and is used once in a query")
	}
	r.condition.near = &near{path, from}
	return r.onValues(path, func(value any) bool {
		p, ok := pointOf(value)
		r.condition.spent += distanceSteps
		d := distance(from, p)
		return ok && d >= least && d <= most
	}), nil
}

// within is true of points in a Polygon: inside its first ring and in none of its holes. Sides are straight
// on the map, not on the globe, which differs by metres in a city.
func (r *reader) within(path []string, value any) (test, error) {
	o, _ := value.(Object)
	geometry, _ := get[Object](o, "geometry")
	kind, _ := get[string](geometry, "type")
	coordinates, _ := get[Array](geometry, "coordinates")
	refused := invalid("geoWithin needs a Polygon with closed rings of at most %d points as geometry", MaxValues)
	if kind != "Polygon" || len(coordinates) == 0 {
		return nil, refused
	}
	rings := make([][]point, len(coordinates))
	total := 0
	for i, given := range coordinates {
		list, _ := given.(Array)
		if total += len(list); len(list) < 4 || total > MaxValues {
			return nil, refused
		}
		for _, pair := range list {
			p, ok := pairOf(pair)
			if !ok {
				return nil, refused
			}
			rings[i] = append(rings[i], p)
		}
		if rings[i][0] != rings[i][len(list)-1] {
			return nil, refused
		}
	}
	return r.onValues(path, func(value any) bool {
		p, ok := pointOf(value)
		r.condition.spent += total // every side is looked at
		if !ok || !within(p, rings[0]) {
			return false
		}
		for _, hole := range rings[1:] {
			if within(p, hole) {
				return false
			}
		}
		return true
	}), nil
}

// within counts the sides to the east of a point.
func within(p point, ring []point) bool {
	odd := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a.latitude > p.latitude) != (b.latitude > p.latitude) &&
			p.longitude < a.longitude+(p.latitude-a.latitude)*(b.longitude-a.longitude)/(b.latitude-a.latitude) {
			odd = !odd
		}
	}
	return odd
}
