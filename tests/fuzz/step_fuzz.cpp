// Any text as a step, and as the result of one. What is read can be written, and gives the same bytes from then on.
#include "plans/codec/step_codec.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    if (const auto step = mabplan::read_step_request(text, "step")) {
        const std::string written = mabplan::write_step_request(*step);
        const auto again = mabplan::read_step_request(written, "step");
        if (!again || mabplan::write_step_request(*again) != written) std::abort();
    }
    if (const auto result = mabplan::read_step_result(text, "result")) {
        const std::string written = mabplan::write_step_result(*result);
        const auto again = mabplan::read_step_result(written, "result");
        if (!again || mabplan::write_step_result(*again) != written) std::abort();
    }
    return 0;
}
