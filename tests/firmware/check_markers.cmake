# SPDX-License-Identifier: Apache-2.0
# cmake -DREADELF=readelf -DELF=x -DRECORDS="a;b" -P check_markers.cmake: .jm_markers holds exactly these records, and
# is not loaded.
execute_process(COMMAND ${READELF} -SW ${ELF} OUTPUT_VARIABLE sections COMMAND_ERROR_IS_FATAL ANY)
if(NOT sections MATCHES "\\.jm_markers +PROGBITS +0+ +[0-9a-f]+ +[0-9a-f]+ +01 +MS ")
  message(FATAL_ERROR "${ELF}: .jm_markers is missing, or would be loaded:\n${sections}")
endif()
execute_process(COMMAND ${READELF} -p .jm_markers ${ELF} OUTPUT_VARIABLE dump COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "@[^\n]+" found "${dump}")
list(SORT found)
list(SORT RECORDS)
if(NOT found STREQUAL RECORDS)
  message(FATAL_ERROR "${ELF}: records are\n  ${found}\nexpected\n  ${RECORDS}")
endif()
