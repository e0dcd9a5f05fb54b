// The words that stand for enumerators in a plan: one table for writing and reading.
#pragma once

#include "plans/model/plan.h"
#include "plans/model/step.h"

#include <array>
#include <string_view>
#include <utility>

namespace mabplan::codec {

template <class Enum, std::size_t N>
using NameTable = std::array<std::pair<Enum, std::string_view>, N>;

inline constexpr NameTable<Network, 3> kNetworkNames{{{Network::Default, "default"}, {Network::None, "none"}, {Network::Host, "host"}}};
inline constexpr NameTable<Security, 2> kSecurityNames{{{Security::Sandbox, "sandbox"}, {Security::Insecure, "insecure"}}};
inline constexpr NameTable<Noise, 2> kNoiseNames{{{Noise::Drop, "drop"}, {Noise::Keep, "keep"}}};
inline constexpr NameTable<SourceTimes, 2> kSourceTimesNames{{{SourceTimes::Set, "set"}, {SourceTimes::Keep, "keep"}}};
inline constexpr NameTable<CacheSharing, 3> kSharingNames{
    {{CacheSharing::Shared, "shared"}, {CacheSharing::Private, "private"}, {CacheSharing::Locked, "locked"}}};
inline constexpr NameTable<Runner, 3> kRunnerNames{{{Runner::Auto, "auto"}, {Runner::Native, "native"}, {Runner::Qemu, "qemu"}}};
inline constexpr NameTable<ImageLocation::Kind, 3> kLocationNames{
    {{ImageLocation::Kind::Layout, "oci-layout"}, {ImageLocation::Kind::Registry, "registry"}, {ImageLocation::Kind::Store, "store"}}};
inline constexpr NameTable<Compression, 3> kCompressionNames{
    {{Compression::None, "uncompressed"}, {Compression::Gzip, "gzip"}, {Compression::Zstd, "zstd"}}};

inline constexpr NameTable<StepFailed::How, 3> kStepEndNames{
    {{StepFailed::How::Exited, "exited"}, {StepFailed::How::Signalled, "signalled"}, {StepFailed::How::TimedOut, "timed-out"}}};

template <class Table, class Enum>
std::string_view name_of(const Table& table, Enum value) {
    for (const auto& [entry, name] : table)
        if (entry == value) return name;
    return {};
}

}  // namespace mabplan::codec
