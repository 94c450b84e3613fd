#!/usr/bin/env bash
# Checks the arguments of `gpugauge run` before there is a program to do it, so that a wrong one does not cost a build.
# The table run_options.tsv is what `gpugauge __options run` prints; a test compares them. run.sh sources this file.

# shellcheck disable=SC2154  # setup.sh sets gpugauge_root
readonly gpugauge_run_options=$gpugauge_root/scripts/run_options.tsv

refuse() { printf 'gpugauge: run: %s\n' "$*" >&2; exit 2; }

# cannot: the same for what the device or the file system does not allow.
cannot() { printf 'gpugauge: run: %s\n' "$*" >&2; exit 3; }

# nearest WORD KNOWN…: "; did you mean 'X'?" where one is at most a third of its letters away or begins like it.
nearest() {
  printf '%s\n' "$@" | awk '
    function distance(a, b,   i, j, above, left, old) {
      for (j = 0; j <= length(b); ++j) row[j] = j
      for (i = 1; i <= length(a); ++i) {
        above = row[0]; row[0] = i
        for (j = 1; j <= length(b); ++j) {
          old = row[j]
          left = (row[j - 1] < row[j] ? row[j - 1] : row[j]) + 1
          row[j] = above + (substr(a, i, 1) != substr(b, j, 1))
          if (left < row[j]) row[j] = left
          above = old
        }
      }
      return row[length(b)]
    }
    NR == 1 { word = $0; best = length(word) / 3 + 1; next }
    { d = length(word) > 2 && index($0, word) == 1 ? 1 : distance(word, $0); if (d < best) { best = d; found = $0 } }
    END { if (found != "") printf "; did you mean \x27%s\x27?", found }'
}

# names_in FOLDER: what configs/FOLDER/*.yaml are called.
names_in() {
  local file
  for file in "$gpugauge_root/configs/$1"/*.yaml; do
    file=${file##*/}
    printf '%s\n' "${file%.yaml}"
  done
}

# is_model NAME: whether the program knows it, by its name in configs or its published one; owner, case, separators and
# the words for tunings are aside.
is_model() {
  local given name
  given=$(spelled_model "$1")
  while read -r name; do
    [[ $(spelled_model "$name") != "$given" ]] || return 0
  done < <(names_in models; sed -n 's|.*huggingface.co/[^/]*/\([^/]*\)/.*|\1|p' "$gpugauge_root"/configs/models/*.yaml)
  return 1
}

spelled_model() {
  local name=${1##*/} word
  name=-${name,,}-
  for word in instruct chat it hf base meta; do name=${name//-$word-/-}; done
  printf '%s' "${name//[^a-z0-9]/}"
}

# is_number TEXT LOW HIGH: whether it is a number in that range, in which -inf and inf are no limits.
is_number() {
  awk -v v="$1" -v low="$2" -v high="$3" 'BEGIN {
    exit !(v ~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/ && (low == "-inf" || v + 0 >= low + 0) &&
           (high == "inf" || v + 0 <= high + 0)) }'
}

# print_run_options: the table for people.
print_run_options() {
  printf 'Usage: scripts/run.sh [OPTIONS]\n\nInstalls what is missing, builds, and runs gpugauge run with these options:\n\n'
  awk -F '\t' '{
    gsub(/ /, ", ", $1)
    printf "  %s%s%s\n", $1, $2 == "-" ? "" : " " $2, $3 == "-" ? "" : ", from " $3 " to " $4 }' "$gpugauge_run_options"
  printf '\nWhat each of them does: build/gpugauge run --help, once it is built.\n'
}

# check_device WORD: cpu, best, or a card that is here: without one a build would be for nothing.
check_device() {
  local cards
  [[ $1 =~ ^cuda:([0-9]+)$ ]] || return 0
  [[ ${GPUGAUGE_CUDA:-AUTO} != OFF ]] || refuse "--device is '$1', and GPUGAUGE_CUDA=OFF builds for the CPU only"
  has_driver || cannot "--device is '$1', and there is no NVIDIA driver here; the CPU: --device cpu"
  cards=$(smi -L | grep -c '^GPU [0-9]') || true
  ((cards == 0 || BASH_REMATCH[1] < cards)) ||
    cannot "--device is '$1', expected cuda:0$( ((cards == 1)) || printf ' to cuda:%d' $((cards - 1))): nvidia-smi lists $cards"
}

# check_output FILE: whether a result file can be written there.
check_output() {
  local folder
  [[ ! -d $1 ]] || cannot "--output: $1: is a folder, expected the file to write"
  [[ ! -e $1 || -n $overwrite ]] || refuse "--output: $1: already exists; continue it with --resume $1, or replace it with --overwrite"
  folder=$(dirname -- "$1")
  while [[ ! -e $folder ]]; do folder=$(dirname -- "$folder"); done
  [[ -d $folder ]] || cannot "--output: $1: $folder is a file, expected a folder"
  [[ -w $folder ]] || cannot "--output: $1: $folder cannot be written to"
}

# check_value OPTION VALUE KIND LOW HIGH WORDS
check_value() {
  local option=$1 value=$2 kind=$3 low=$4 high=$5 words=$6 part price known
  local -a parts
  IFS=, read -ra parts <<<"$value"
  case $kind in
    SUITE)
      parts=("$value")
      mapfile -t known < <(names_in suites) ;;
    MODEL) mapfile -t known < <(names_in models) ;;
    DEVICE)
      [[ $value =~ ^(cpu|best|cuda:[0-9]+)$ ]] || refuse "$option is '$value', expected cpu, cuda:N or best"
      check_device "$value"
      return ;;
    PATH)
      output=$value  # looked at when --overwrite is known
      return ;;
    K/N)
      if [[ ! $value =~ ^0*([1-9][0-9]*)/([0-9]+)$ ]] || ((BASH_REMATCH[1] > 10#${BASH_REMATCH[2]})); then
        refuse "$option is '$value', expected K/N such as 2/5: process K of N"
      fi
      return ;;
    FILE)
      [[ -e $value ]] || refuse "$option: $value: no such file"
      [[ $option != --resume ]] || overwrite=1  # into the file that it names
      return ;;
    CARD=PRICE)
      for part in "${parts[@]}"; do
        price=${part##*=}
        is_number "${price#$}" 1e-300 1000 ||
          refuse "$option is '$part', expected CARD=DOLLARS per GPU-hour (l40s=0.72), or 2.49 for one kind of card, up to 1000"
      done
      return ;;
    *)
      known=()
      [[ $words == - ]] || read -ra known <<<"$words" ;;
  esac
  if ((${#known[@]})); then
    for part in "${parts[@]}"; do
      [[ -e $part && $kind =~ ^(SUITE|MODEL)$ || " ${known[*]} " == *" $part "* ]] ||
        { [[ $kind == MODEL ]] && is_model "$part"; } ||
        refuse "$option is '$part', expected one of $(printf '%s, ' "${known[@]}" | sed 's/, $//')$(part=${part##*/}; nearest "${part,,}" "${known[@]}")"
    done
  elif [[ $low != - ]]; then
    for part in "${parts[@]}"; do
      is_number "$part" "$low" "$high" ||
        refuse "$option is '$part', expected a number$([[ $low == -inf ]] || printf ' from %s' "$low")$([[ $high == inf ]] || printf ' to %s' "$high")"
    done
  fi
}

# check_run_arguments ARGUMENT…: ends with status 2 and one line at the first that `gpugauge run` would refuse, and with
# the options and status 0 at --help.
check_run_arguments() {
  local word name names kind low high words attached output='' overwrite=''
  local -A row
  while IFS=$'\t' read -r names kind low high words; do
    for name in $names; do row[$name]=$kind$'\t'$low$'\t'$high$'\t'$words; done
  done <"$gpugauge_run_options"
  while (($#)); do
    word=$1
    shift
    case $word in
      --) break ;;
      --*=*) name=${word%%=*} attached=${word#*=} ;;
      --*) name=$word attached= ;;
      -?*) name=${word:0:2} attached=${word:2} ;;
      *) name=$word attached= ;;
    esac
    [[ -n ${row[$name]:-} ]] || refuse "'$word' is not an option here$(nearest "$name" "${!row[@]}") (gpugauge run --help lists them)"
    [[ $name != --version ]] || return 0
    [[ $name != --help && $name != -h ]] || { print_run_options; exit 0; }
    IFS=$'\t' read -r kind low high words <<<"${row[$name]}"
    if [[ $kind == - ]]; then
      [[ $word != --*=* ]] || refuse "$name takes no value, found '$attached'"
      [[ -z $attached ]] || set -- "-$attached" "$@"
      [[ $name != --overwrite ]] || overwrite=1
      continue
    fi
    if [[ -z $attached ]]; then
      if ((!$#)) || [[ $word == --*= || -n ${row[$1]:-} ]]; then refuse "$name has no value, expected $kind"; fi
      attached=$1
      shift
    fi
    check_value "$name" "$attached" "$kind" "$low" "$high" "$words"
  done
  check_output "${output:-results/x.json}"
}
