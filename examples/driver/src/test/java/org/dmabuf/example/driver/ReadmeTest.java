package org.dmabuf.example.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What README.md shows is what there is. */
final class ReadmeTest {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Path ROOT = MODULE.getParent().getParent();
  private static final Path SOURCES = MODULE.resolve("src/main/java/org/dmabuf/example/driver");
  private static final Pattern MODULE_NAME = Pattern.compile("<module>(.*?)</module>");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  @Test
  void shouldShowTheDriversFilesAsTheyAre() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    try (Stream<Path> files = Files.list(SOURCES)) {
      List<Path> all = files.toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertThat(readme).contains("```java\n" + Files.readString(file) + "```\n");
      }
    }
  }

  @Test
  void shouldHaveEveryModuleInTheMap() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String modules = Files.readString(ROOT.resolve("pom.xml"));
    assertThat(names(MODULE_NAME, modules))
        .isNotEmpty()
        .allSatisfy(module -> assertThat(readme).contains("`" + module + "`"));
  }

  @Test
  void shouldLinkOnlyToWhatIsThere() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    assertThat(names(LINK, readme))
        .contains("CONTRIBUTING.md", "docs/demo.png")
        .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
  }

  private static List<String> names(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> result.group(1)).toList();
  }
}
