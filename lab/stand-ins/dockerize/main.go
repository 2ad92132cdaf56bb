// Renders configuration templates of Temporal's images from the environment, as the program of this name does in the real
// ones; its module can't be had from the proxy. Only what these templates call is here.
package main

import (
	"fmt"
	"os"
	"strings"
	"text/template"
)

func environment() map[string]string {
	all := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		all[name] = value
	}
	return all
}

// firstSet is the first value that is not empty, as in: default .Env.NAME "otherwise".
func firstSet(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

func render(from, to string) error {
	functions := template.FuncMap{
		"default": firstSet, "lower": strings.ToLower, "split": strings.Split, "trim": strings.TrimSpace,
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	parsed, err := template.New(from).Funcs(functions).Option("missingkey=zero").Parse(string(text))
	if err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer target.Close()
	return parsed.Execute(target, map[string]any{"Env": environment()})
}

func main() {
	if len(os.Args) != 3 || os.Args[1] != "-template" || strings.Count(os.Args[2], ":") != 1 {
		fmt.Fprintln(os.Stderr, "usage: dockerize -template FROM:TO")
		os.Exit(2)
	}
	from, to, _ := strings.Cut(os.Args[2], ":")
	if err := render(from, to); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
