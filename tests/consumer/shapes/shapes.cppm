export module shapes;

export import seg.list;

export namespace shapes {

struct point {
    double x, y;
};

/// A line from point to point, each of which stays where it is.
class line {
public:
    point& add(point p) { return points_.emplace_back(p); }

    double width() const {
        double least = 0, most = 0;
        for (const point& p : points_) {
            least = p.x < least ? p.x : least;
            most = p.x > most ? p.x : most;
        }
        return most - least;
    }

    const seg::list<point>& points() const { return points_; }

private:
    seg::list<point> points_;
};

} // namespace shapes
