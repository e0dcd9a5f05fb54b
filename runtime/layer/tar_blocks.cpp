#include "runtime/layer/tar_blocks.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/layer/tar_fields.h"
#include "runtime/layer/tar_header.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kReadBytes = 256U << 10U;
constexpr std::uint64_t kMaxPaxBytes = 1U << 20U;
constexpr std::string_view kBinaryRecord = "21 hdrcharset=BINARY\n";
constexpr std::size_t kSparseMoreAt = 482, kSparseExtensionMoreAt = 504;  // GNU tar, "oldgnu_header" and "sparse_header"

// What tar_number can read: digits with blanks before and blanks or zero bytes behind, or none at all.
bool is_number(std::string_view field) {
    if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) return true;
    const std::size_t begin = std::min(field.find_first_not_of(' '), field.size());
    const std::size_t end = std::min(field.find_first_not_of("01234567", begin), field.size());
    return field.find_first_not_of(std::string_view(" \0", 2), end) == std::string_view::npos;
}

bool is_zero(std::string_view block) { return block.find_first_not_of('\0') == std::string_view::npos; }

void set_size_and_checksum(std::string& header, std::uint64_t size) {
    const std::string digits = format("{:011o}", size);
    std::memcpy(header.data() + kTarSize.at, digits.c_str(), kTarSize.bytes);
    const std::string sum = format("{:06o}", tar_checksum(header));
    std::memcpy(header.data() + kTarChecksum.at, sum.c_str(), sum.size() + 1);
    header[kTarChecksum.at + kTarChecksum.bytes - 1] = ' ';
}

struct PaxRecord {
    std::string_view key, value;
};

// Takes the first record off `body`; nothing if it is malformed.
std::optional<PaxRecord> take_record(std::string_view& body) {
    const std::size_t blank = body.find(' ');
    if (blank == std::string_view::npos || blank == 0 || blank > 8) return std::nullopt;
    const std::optional<std::uint64_t> length = parse_unsigned(body.substr(0, blank));
    if (!length || *length < blank + 2 || *length > body.size() || body[*length - 1] != '\n') return std::nullopt;
    const std::string_view text = body.substr(blank + 1, *length - blank - 2);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    body.remove_prefix(*length);
    return PaxRecord{text.substr(0, equals), text.substr(equals + 1)};
}

struct JudgedPax {
    std::string body;  // of records that say one thing each
    std::optional<std::uint64_t> size;
};

Result<JudgedPax> judge_pax(std::string_view body) {
    JudgedPax judged;
    std::map<std::string_view, std::string_view> deciding;  // by key, the last record
    while (!body.empty()) {
        const std::string_view rest = body;
        const std::optional<PaxRecord> record = take_record(body);
        if (!record) return input_error("the tar archive has a malformed pax header record");
        const bool decides = record->key == "path" || record->key == "linkpath" || record->key == "size";
        if (decides && record->value.find('\0') != std::string_view::npos)
            return input_error(format("the tar archive has a pax header with a zero byte in its {}", quoted(record->key)));
        const std::string_view whole = rest.substr(0, rest.size() - body.size());
        if (decides) deciding[record->key] = whole;
        else judged.body += whole;
        if (record->key != "size") continue;
        judged.size = parse_unsigned(record->value);
        if (!judged.size)
            return input_error(format("the tar archive has a pax header with the size {}, which is no number", quoted(record->value)));
    }
    for (const auto& [key, whole] : deciding) judged.body += whole;
    return judged;
}

}  // namespace

TarBlocks::TarBlocks(ByteSource& source) : source_(source), buffer_(kReadBytes) {}

Result<bool> TarBlocks::fill() {
    at_ = filled_ = 0;
    if (!failure_) return fail(failure_.error());
    while (filled_ < buffer_.size()) {
        auto count = source_.read(std::span(buffer_).subspan(filled_));
        if (!count) {
            failure_ = pass(std::move(count).error());
            break;
        }
        if (*count == 0) break;
        filled_ += *count;
    }
    if (filled_ == 0 && !failure_) return fail(failure_.error());
    return filled_ > 0;
}

Result<std::string_view> TarBlocks::next() {
    if (at_ == filled_) {
        MABPLAN_TRY(more, fill());
        if (!more) return std::string_view();
    }
    const std::size_t start = at_;
    while (at_ < filled_) {
        const std::uint64_t blocks = (filled_ - at_) / kTarBlock;
        if (end_ != End::NotYet) {
            if (end_ == End::OneBlock) doubtful_end_ = !is_zero(block().substr(0, kTarBlock));
            end_ = End::Sure;
            at_ = filled_;
        } else if (blocks == 0) {
            at_ = filled_;
        } else if (body_blocks_ > 0 && !sparse_map_) {
            const std::uint64_t passed = std::min(body_blocks_, blocks);
            body_blocks_ -= passed;
            at_ += static_cast<std::size_t>(passed) * kTarBlock;
        } else if (is_tar_header(block()) && (block()[kTarTypeAt] == 'x' || block()[kTarTypeAt] == 'X') && !sparse_map_) {
            if (at_ == start) return rewrite_pax_header();
            break;
        } else {
            MABPLAN_CHECK(pass_header(block()));
            at_ += kTarBlock;
        }
    }
    return std::string_view(buffer_.data() + start, at_ - start);
}

Status TarBlocks::pass_header(std::string_view header) {
    if (sparse_map_) {
        sparse_map_ = header[kSparseExtensionMoreAt] != 0;
        return {};
    }
    if (is_zero(header.substr(0, kTarBlock))) end_ = End::OneBlock;
    if (end_ != End::NotYet || !is_tar_header(header)) return {};
    const std::string_view written = kTarSize.in(header);
    if (!is_number(written))
        return input_error(format("the tar archive has a header with the size {}, which is no number", quoted(written)));
    const char type = header[kTarTypeAt];
    const bool no_body = type >= '1' && type <= '6';
    const bool is_metadata = type == 'g' || type == 'L' || type == 'K';
    const std::uint64_t size = has_pax_size_ && !is_metadata ? pax_size_ : tar_number(written);
    if (!is_metadata) has_pax_size_ = false;
    if (!no_body) body_blocks_ = size / kTarBlock + (size % kTarBlock != 0 ? 1 : 0);
    // the map lies before the body, which is as long as the header says
    sparse_map_ = type == 'S' && header[kSparseMoreAt] != 0;
    return {};
}

Result<std::string_view> TarBlocks::rewrite_pax_header() {
    std::string header(block().substr(0, kTarBlock));
    at_ += kTarBlock;
    const std::uint64_t size = tar_number(kTarSize.in(header));
    if (size > kMaxPaxBytes)
        return input_error(
            format("the tar archive has a pax header of {}: more than {} is refused", format_bytes(size), format_bytes(kMaxPaxBytes)));
    std::string body;
    const std::size_t padded = static_cast<std::size_t>(size) + tar_padding(size);
    while (body.size() < padded) {
        if (at_ == filled_) {
            MABPLAN_TRY(more, fill());
            if (!more) return input_error("the tar archive is cut short within a pax header");
        }
        const std::string_view piece = block().substr(0, padded - body.size());
        body += piece;
        at_ += piece.size();
    }
    body.resize(static_cast<std::size_t>(size));
    MABPLAN_TRY(judged, judge_pax(body));
    has_pax_size_ = judged.size.has_value();
    pax_size_ = judged.size.value_or(0);
    const std::size_t judged_size = kBinaryRecord.size() + judged.body.size();
    set_size_and_checksum(header, judged_size);
    rewritten_ = header;
    rewritten_ += kBinaryRecord;
    rewritten_ += judged.body;
    rewritten_.append(tar_padding(judged_size), '\0');
    return std::string_view(rewritten_);
}

}  // namespace mabplan::runtime
