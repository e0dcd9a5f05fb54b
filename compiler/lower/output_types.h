// The types of outputs that can be asked for: a row for each, with the options that it has and what it can hold. Some are spellings of
// others.
#pragma once

#include "compiler/lower/output_options.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

// What an output is to hold.
struct OutputContent {
    std::size_t images = 1;  // one for each platform
    bool annotates_index = false;
    Compression compression = Compression::Gzip;  // where the output says nothing
    bool has_names = false;                       // the target has tags
};

enum class IndexInOutput {
    Never,
    Possible,  // it is written, or it will be when the result is
};

struct OutputType {
    std::string_view name;
    std::vector<std::string> options;
    IndexInOutput index = IndexInOutput::Never;
    // Also an Input error: content that the type cannot hold. Options that it does not have are refused before.
    Result<Output> (*lower)(const OutputSpec& spec, const OutputContent& content) = nullptr;
};

std::span<const OutputType> output_types();
// The row of what was lowered.
const OutputType& type_of(const Output& output);

}  // namespace mabplan::compiler
