#pragma once

#include "handlers/views/texts.hpp"

// An approval with limits: its form, what is wrong with an entry, and how the limits are told.
namespace countersign::handlers::views::texts {

// --- the form; the English labels are stable ---
inline constexpr Text<> limits_title{"Approve with limits", "Mit Grenzen genehmigen"};
inline constexpr Text<> optional_scopes{"*Optional permissions*", "*Verzichtbare Rechte*"};
inline constexpr Text<> left_out_label{"Leave out", "Weglassen"};
inline constexpr Text<> left_out_hint{
    "Optional permissions that are not approved, with blanks between them; user/chat:write where only the "
    "user's token shall lack it.",
    "Verzichtbare Rechte, die nicht genehmigt werden, mit Leerzeichen dazwischen; user/chat:write, wo es nur "
    "dem Token der Person fehlen soll."};
inline constexpr Text<> only_for_label{"Only for", "Nur für"};
inline constexpr Text<> only_for_hint{
    "Ids of the user groups (S…) and people (U…) who may use the app; nobody else then may.",
    "Kennungen der Nutzergruppen (S…) und Personen (U…), die die App nutzen dürfen; sonst darf es niemand."};
inline constexpr Text<> domains_label{"Domains", "Domains"};
inline constexpr Text<> domains_hint{
    "Where accounts may be connected: host names, and @example.com for mail addresses.",
    "Womit Konten verbunden werden dürfen: Rechnernamen, und @example.com für Mailadressen."};
inline constexpr Text<> limit_until_label{"Until", "Bis"};
inline constexpr Text<> limit_until_hint{
    "The last day, as 2027-01-31. After it the admins are asked whether the app may stay.",
    "Der letzte Tag, als 2027-01-31. Danach werden die Admins gefragt, ob die App bleiben darf."};

// --- what is wrong with an entry ---
inline constexpr Text<> name_a_limit{"name at least one limit, or press `Approve app`.",
                                     "nenne mindestens eine Grenze, oder drücke `Approve app`."};
inline constexpr Text<1> not_a_permission{"{0} is not among the permissions.",
                                          "{0} ist nicht unter den Rechten."};
inline constexpr Text<1> not_optional{"{0} is not optional: the app needs it to be installed.",
                                      "{0} ist nicht verzichtbar: Die App braucht es, um installiert zu "
                                      "werden."};
inline constexpr Text<> nothing_left{"without any permission there is no app; press `Restrict app` instead.",
                                     "ohne jedes Recht bleibt keine App; drücke stattdessen `Restrict app`."};
inline constexpr Text<1> not_a_member_id{"{0} is no id of a user group (S…) or a person (U…).",
                                         "{0} ist keine Kennung einer Nutzergruppe (S…) oder Person (U…)."};
inline constexpr Text<> too_many_people{"Slack takes at most 200 people; name a user group.",
                                        "Slack nimmt höchstens 200 Personen; nenne eine Nutzergruppe."};
inline constexpr Text<1> wildcard_domain{"{0}: Slack takes whole names only, no `*`.",
                                         "{0}: Slack nimmt nur ganze Namen, kein `*`."};
inline constexpr Text<1> wrong_domain{"{0} is no host name; for example: acme.example.com",
                                      "{0} ist kein Rechnername; zum Beispiel: acme.example.com"};
inline constexpr Text<> too_many_domains{"Slack takes at most 50 names of each kind.",
                                         "Slack nimmt höchstens 50 Namen jeder Art."};
inline constexpr Text<> wrong_last_day{"write a day to come as 2027-01-31, or nothing.",
                                       "schreib einen kommenden Tag als 2027-01-31, oder nichts."};
inline constexpr Text<> not_enforceable{
    "this limit cannot be enforced here: without the Admin API (Enterprise plan) Slack lets everybody use an "
    "approved app. Leave the field empty, or restrict the app.",
    "diese Grenze lässt sich hier nicht durchsetzen: Ohne die Admin-API (Enterprise) darf in Slack jeder "
    "eine genehmigte App nutzen. Lass das Feld leer, oder sperre die App."};

// --- Slack did not take a limit; nothing was approved ---
inline constexpr Text<2> limit_refused{"Nothing was approved for {0}: {1}",
                                       "Für {0} wurde nichts genehmigt: "
                                       "{1}"};
inline constexpr Text<1> group_gone{"the user group {0} does not exist any more.",
                                    "die Nutzergruppe {0} gibt es nicht mehr."};
inline constexpr Text<1> group_empty{
    "nobody is in the user group {0}, so nobody could use the app.",
    "in der Nutzergruppe {0} ist niemand, also könnte niemand die App nutzen."};
inline constexpr Text<> plan_lacks{"this plan of Slack's does not have this limit.",
                                   "dieser Slack-Tarif kennt diese Grenze nicht."};
inline constexpr Text<> app_takes_no_domains{"Slack has no limit to domains for this app.",
                                             "Für diese App kennt Slack keine Grenze auf Domains."};
inline constexpr Text<> limit_not_kept{"Slack said yes, but does not list the limit as it was set.",
                                       "Slack hat zugesagt, führt die Grenze aber nicht so, wie sie gesetzt "
                                       "wurde."};
inline constexpr Text<> groups_stay_limited{
    " Who may use the app is limited in Slack already, and stays so until it is approved without that limit.",
    " Wer die App nutzen darf, ist in Slack schon begrenzt, und bleibt es, bis sie ohne diese Grenze "
    "genehmigt "
    "wird."};

// --- how the limits are told (R16) ---
inline constexpr Text<> has_limits{"It is approved with limits:", "Die Genehmigung hat Grenzen:"};
inline constexpr Text<1> without_scopes{"without the permissions {0}", "ohne die Rechte {0}"};
inline constexpr Text<1> only_for_them{"only for {0}", "nur für {0}"};
inline constexpr Text<1> only_domains{"accounts only of {0}", "Konten nur von {0}"};
inline constexpr Text<1> until_day{"until {0}", "bis {0}"};

}  // namespace countersign::handlers::views::texts
