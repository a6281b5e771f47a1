package org.dmabuf.launcher;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The launcher's main with the products in a folder of a test. */
final class StartedProduct {
  private StartedProduct() {}

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(Main.run(Path.of(args[0]), out, err, "demo", "--exporter=endless"));
  }
}
