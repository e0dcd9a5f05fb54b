#include "plans/model/output.h"

#include <type_traits>

namespace mabplan {

std::string_view type_name(const Output& output) {
    return std::visit([](const auto& of_type) { return of_type.kType; }, output);
}

OutputForm form_of(const Output& output) {
    return std::visit([](const auto& of_type) { return of_type.form(); }, output);
}

std::string destination_of(const Output& output) {
    return std::visit(
        [](const auto& of_type) -> std::string {
            if constexpr (requires { of_type.destination; }) return of_type.destination;
            else return {};
        },
        output);
}

std::optional<Compression> compression_of(const Output& output) {
    return std::visit(
        [](const auto& of_type) -> std::optional<Compression> {
            if constexpr (std::decay_t<decltype(of_type)>::kHoldsImages) return of_type.compression;
            else return std::nullopt;
        },
        output);
}

}  // namespace mabplan
