// A vector, and nothing else of seg.
import seg.vector;

int main() {
    seg::pinned_vector<int> numbers;
    numbers.push_back(1);
    return numbers.back() - 1;
}
