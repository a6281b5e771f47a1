package org.dmabuf.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of what the caller wrote that need no framework; each fails with one sentence. */
final class Arguments {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})[xX](\\d{1,9})");
  private static final Pattern RATE = Pattern.compile("\\d{1,6}(\\.\\d{1,6})?");
  private static final Pattern SWAP = Pattern.compile("([^@]*)@(\\d{1,9})");

  private Arguments() {}

  static void size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new InputException(
          "--size takes WIDTHxHEIGHT, for example 640x480, and not '" + text + "'.");
    }
    if (Integer.parseInt(matcher.group(1)) == 0 || Integer.parseInt(matcher.group(2)) == 0) {
      throw new InputException("--size " + text + " has no pixels: width and height start at 1.");
    }
  }

  static void rate(String text) {
    if (text.equals("max")) {
      return;
    }
    if (!RATE.matcher(text).matches() || Double.parseDouble(text) <= 0) {
      throw new InputException(
          "--rate takes frames per second above 0, or max, and not '" + text + "'.");
    }
  }

  static void positive(String option, Integer number) {
    if (number != null && number <= 0) {
      throw new InputException(option + " takes a number above 0, and not " + number + ".");
    }
  }

  static void swaps(String text) {
    if (text.equals("none")) {
      return;
    }
    for (String swap : text.split(",", -1)) {
      Matcher matcher = SWAP.matcher(swap.strip());
      if (!matcher.matches()) {
        throw new InputException(
            "--swap takes ROLE@FRAME,... or none, for example exporter@100, and not '"
                + swap
                + "'.");
      }
      String role = matcher.group(1);
      if (!role.equals("exporter") && !role.equals("capture") && !role.equals("display")) {
        throw new InputException(
            "--swap knows the roles exporter, capture and display, and not '" + role + "'.");
      }
    }
  }

  static void source(String text) {
    if (!text.equals("pattern") && !Files.exists(Path.of(text))) {
      throw new InputException(
          "--source takes pattern, a file or a folder, and there is no '" + text + "'.");
    }
  }

  /** A file to write must have a folder to stand in, and must not be one. */
  static void output(String option, Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (Files.isDirectory(file)) {
      throw new InputException(option + " takes a file to write, and " + file + " is a folder.");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InputException(
          option + " " + file + " cannot be written: there is no folder " + folder + ".");
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new InputException(option + " " + file + " cannot be written: permission denied.");
    }
    // Only opening it tells of all other reasons; a pipe or a device would wait, or do something.
    if (!Files.exists(file) || Files.isRegularFile(file)) {
      open(option, file);
    }
  }

  private static void open(String option, Path file) {
    boolean there = Files.exists(file);
    try {
      Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      if (!there) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new InputException(option + " " + file + " cannot be written: it does not open.");
    }
  }

  /** What is read must not be written over. */
  static void apart(String source, String option, Path file) {
    if (file != null
        && !source.equals("pattern")
        && Path.of(source).toAbsolutePath().normalize().equals(file.toAbsolutePath().normalize())) {
      throw new InputException(option + " " + file + " would write over the source.");
    }
  }
}
