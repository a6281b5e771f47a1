import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes docs/rows.md, the table of rules and of the tests that show them, out of docs/rows.txt and
 * the {@code @Row} annotations of all tests. Ends with 1 when a rule has no test, or a test names a
 * rule that there cannot be.
 */
final class Rows {
  private static final Set<String> SKIPPED = Set.of("target", ".git", ".idea", ".vscode");
  private static final Pattern ROW =
      Pattern.compile("@Row\\(\\s*(\\{[^}]*}|\"[^\"]*\")\\s*\\)(?s:.*?)(?:void|class)\\s+(\\w+)");
  private static final Pattern ID = Pattern.compile("\"([^\"]*)\"");
  private static final Pattern KNOWN =
      Pattern.compile("[CFAPULDRSYMGVN][1-9][0-9]?|[ABCDEFKL]/[1-9][0-9]?");

  private Rows() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]).toAbsolutePath().normalize();
    Map<String, String> rules = rules(root.resolve("docs/rows.txt"));
    Map<String, List<String>> tests = new TreeMap<>();
    for (Path file : testFiles(root)) {
      collect(file, tests);
    }
    Files.writeString(root.resolve("docs/rows.md"), table(rules, tests));
    List<String> wrong = new ArrayList<>();
    rules.keySet().stream()
        .filter(id -> !tests.containsKey(id))
        .forEach(id -> wrong.add("no test shows row " + id + ": " + rules.get(id)));
    tests.forEach(
        (id, names) -> {
          if (!KNOWN.matcher(id).matches()) {
            wrong.add(names + " shows row " + id + ", which is none");
          }
        });
    wrong.forEach(System.err::println);
    System.exit(wrong.isEmpty() ? 0 : 1);
  }

  private static Map<String, String> rules(Path file) throws IOException {
    Map<String, String> rules = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split("\\|", 2);
        rules.put(parts[0].strip(), parts[1].strip());
      }
    }
    return rules;
  }

  private static void collect(Path file, Map<String, List<String>> tests) throws IOException {
    String source = Files.readString(file);
    String type = file.getFileName().toString().replace(".java", "");
    Matcher row = ROW.matcher(source);
    while (row.find()) {
      String name = row.group(2).equals(type) ? type : type + "." + row.group(2);
      Matcher id = ID.matcher(row.group(1));
      while (id.find()) {
        tests.computeIfAbsent(id.group(1), none -> new ArrayList<>()).add(name);
      }
    }
  }

  private static String table(Map<String, String> rules, Map<String, List<String>> tests) {
    StringBuilder text = new StringBuilder();
    text.append("# Rules and the tests that show them\n\n");
    text.append("Made by the build out of `rows.txt` and the tests' `@Row` annotations.\n\n");
    text.append("| row | rule | shown by |\n|---|---|---|\n");
    rules.forEach((id, rule) -> line(text, id, rule, tests.getOrDefault(id, List.of())));
    List<String> more = tests.keySet().stream().filter(id -> !rules.containsKey(id)).toList();
    if (!more.isEmpty()) {
      text.append("\nRows that are shown already and not listed yet:\n\n");
      text.append("| row | shown by |\n|---|---|\n");
      for (String id : more) {
        text.append("| ").append(id).append(" | ").append(names(tests.get(id))).append(" |\n");
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String id, String rule, List<String> names) {
    text.append("| ").append(id).append(" | ").append(rule).append(" | ");
    text.append(names(names)).append(" |\n");
  }

  private static String names(List<String> names) {
    return names.stream()
        .sorted()
        .distinct()
        .map(name -> "`" + name + "`")
        .collect(Collectors.joining(", "));
  }

  private static List<Path> testFiles(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return SKIPPED.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java") && file.toString().contains("/src/test/")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
