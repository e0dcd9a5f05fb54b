// Gives each file of the folders named to the harness, once: the corpora as a test, with any compiler. Where one ends the process, its
// name is told.
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

std::string current;

void tell_current(int) {
    const std::string line = "the input is " + current + "\n";
    static_cast<void>(::write(STDERR_FILENO, line.data(), line.size()) == 0);
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGABRT, tell_current);
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (!entry.is_regular_file()) continue;
            current = entry.path();
            std::ostringstream content;
            content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
            const std::string text = content.str();
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
            ++count;
        }
    }
    std::printf("%zu inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
