import shapes;

int main() {
    shapes::line line;
    shapes::point& first = line.add({0, 0});
    for (int i = 1; i != 1000; ++i) line.add({static_cast<double>(i), 0});
    first.x = -1;
    return line.width() == 1000 && line.points().size() == 1000 ? 0 : 1;
}
