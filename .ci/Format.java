import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs google-java-format over every Java file of the tree: {@code check} names the files that it
 * would change and ends with 1, {@code write} changes them.
 */
final class Format {
  private static final Set<String> SKIPPED = Set.of("target", ".git", ".idea", ".vscode");

  private Format() {}

  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]).toAbsolutePath().normalize();
    List<String> arguments = new ArrayList<>();
    if (write) {
      arguments.add("--replace");
    } else {
      arguments.add("--dry-run");
      arguments.add("--set-exit-if-changed");
    }
    List<String> files = javaFiles(root);
    arguments.addAll(files);
    StringWriter changed = new StringWriter();
    PrintWriter err =
        new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
    int exit =
        new Main(new PrintWriter(changed, true), err, System.in)
            .format(arguments.toArray(String[]::new));
    if (!changed.toString().isBlank()) {
      System.err.println("Not formatted as google-java-format does it:");
      changed
          .toString()
          .lines()
          .map(line -> "  " + root.relativize(Path.of(line)))
          .forEach(System.err::println);
      System.err.println("Format them with: mvn -q -N verify -Dformat=write");
    }
    err.flush();
    System.exit(exit);
  }

  private static List<String> javaFiles(Path root) throws IOException {
    List<String> files = new ArrayList<>();
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
            if (file.toString().endsWith(".java")) {
              files.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
