// A program that knows of lists through a shared library only.
extern "C" unsigned long plugin_sum(unsigned long n);

int main() { return plugin_sum(1000) == 499'500 ? 0 : 1; }
