package org.dmabuf.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes a cache of loaded classes for JVMs that are started with an incubating module: one that was
 * made without it does not fit them.
 *
 * <pre>
 *   java, the pair's options, -XX:AOTCacheOutput=FILE   runs ours for a moment, and writes FILE at its end
 *   java, the same options, -XX:AOTCache=FILE           each fork
 * </pre>
 */
final class AotCache {
  private static final long LIMIT_SECONDS = 300;
  private static final int FRAMES = 50;

  private AotCache() {}

  /**
   * Makes it.
   *
   * @param options of the JVMs that will use it
   * @return the file; deleted with the JVM
   * @throws UncheckedIOException when it cannot be written, or the JVM that makes it fails
   */
  static Path make(List<String> options) throws InterruptedException {
    try {
      Path folder = Files.createTempDirectory("dmabuf-bench");
      Path cache = folder.resolve("bench.aot");
      folder.toFile().deleteOnExit();
      cache.toFile().deleteOnExit();
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.add("-XX:AOTCacheOutput=" + cache);
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(AotCache.class.getName());
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || !Files.isRegularFile(cache)) {
        process.destroy();
        throw new IOException("the JVM that was to write " + cache + " did not");
      }
      return cache;
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "There is no cache of classes: " + failed.getMessage(), failed);
    }
  }

  /** What the cache is trained with. */
  public static void main(String[] args) {
    Nv12XrgbVector.Ours state = new Nv12XrgbVector.Ours();
    Nv12XrgbVector benchmark = new Nv12XrgbVector();
    for (int i = 0; i < FRAMES; i++) {
      benchmark.ours(state);
    }
    state.close();
  }
}
