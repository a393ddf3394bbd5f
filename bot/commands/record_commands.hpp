#pragma once

#include "bot/commands/commands.hpp"

#include <string>

// What an auditor takes along, and what is erased of a person.
namespace countersign::bot::commands {

// Everything = what matches all that is set (U2). Days are included, in UTC.
struct RecordFilter {
    std::string app;              // id or name
    std::string person;           // user id: requester, voter, decider, actor
    std::string since, until;     // "2026-01-31"
    bool deviations = false;      // only what went another way than it should (U4)
    std::string format = "json";  // or "csv"
};
int export_requests(const Call&, const RecordFilter&);
int export_audit(const Call&, const RecordFilter&);
// A new folder with an index page, charts, requests, audit log, inventory and deviations of a period.
int export_evidence(const Call&, const RecordFilter&, const std::string& folder);

// Works every decision out again from what is kept with it (U5, U7, U10). exit_no where something
// contradicts.
int recheck_records(const Call&, const RecordFilter&);

// Takes a person's words and name out of everything but the audit log, which knows people by their id only.
int erase_person(const Call&, const std::string& person, const std::string& confirm);

}  // namespace countersign::bot::commands
