#!/usr/bin/env bash
# What --help prints: the comment at the head of a script. The scripts source this file.

# answer_help SCRIPT ARGUMENT…: prints SCRIPT's head and ends with 0, where --help or -h is among the arguments before --.
answer_help() {
  local script=$1
  shift
  while [[ $# -gt 0 && $1 != -- ]]; do
    case $1 in
      -h | --help)
        sed -n '2,/^[^#]/s/^# \{0,1\}//p' -- "$script"
        exit 0
        ;;
    esac
    shift
  done
}
