package org.dmabuf.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What Linux knows of this process: the files that it has open and mapped, by their names. */
final class ProcessFiles {
  private ProcessFiles() {}

  /** Returns links to the descriptors of files whose name has a text. */
  static List<Path> links(String name) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        if (target(each).contains(name)) {
          found.add(each);
        }
      }
    }
    return found;
  }

  /** Returns how many files are open whose name has a text. */
  static int open(String name) throws IOException {
    return links(name).size();
  }

  /** Returns how many ranges of addresses show files whose name has a text. */
  static long mapped(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.contains(name))
        .count();
  }

  private static String target(Path link) throws IOException {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (NoSuchFileException closed) {
      return "";
    }
  }
}
