package org.dmabuf.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * A class of the framework with one place changed for the worse. What is compiled from it is seen
 * only by a class loader of its own, which loads all of the framework and of its tests anew.
 */
public final class PlantedBug {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final int PREEMPTIONS = 2;
  private static final int SEEDS = 3_000;
  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  // One for all, as it has read the class path then.
  private static final StandardJavaFileManager FILES =
      COMPILER.getStandardFileManager(null, null, null);

  private PlantedBug() {}

  /**
   * Compiles the changed class, and expects that a scenario fails with it.
   *
   * @param source the file below the sources, such as "org/dmabuf/RefCount.java"
   * @param right what stands there exactly once
   * @param wrong what is to stand there
   * @param directory empty, for what is compiled
   * @param makers whose static {@code maker(String)} makes the scenario, never null
   * @param name what it is called there
   */
  public static void isFound(
      String source, String right, String wrong, Path directory, Class<?> makers, String name)
      throws Exception {
    String text = Files.readString(SOURCES.resolve(source));
    assertThat(text.split(Pattern.quote(right), -1))
        .as("%s has, once: %s", source, right)
        .hasSize(2);
    compile(source, text.replace(right, wrong), directory);
    Method run =
        new Anew(directory)
            .loadClass(Interleavings.class.getName())
            .getMethod("run", String.class, String.class, int.class, int.class);
    assertThatThrownBy(() -> run.invoke(null, makers.getName(), name, PREEMPTIONS, SEEDS))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("With ");
  }

  private static void compile(String source, String text, Path directory) throws IOException {
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///" + source), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    FILES.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(directory));
    List<String> options =
        List.of("-proc:none", "-classpath", System.getProperty("java.class.path"));
    assertThat(COMPILER.getTask(null, FILES, null, options, null, List.of(file)).call())
        .as("%s compiles", source)
        .isTrue();
  }

  /** Loads the framework anew, from a directory where that has it. */
  private static final class Anew extends ClassLoader {
    private final Path directory;

    Anew(Path directory) {
      super(PlantedBug.class.getClassLoader());
      this.directory = directory;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("org.dmabuf.") || name.startsWith("org.dmabuf.LogRecorder")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String path = name.replace('.', '/') + ".class";
      Path changed = directory.resolve(path);
      try (InputStream in =
          Files.exists(changed) ? Files.newInputStream(changed) : getResourceAsStream(path)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException failed) {
        throw new ClassNotFoundException(name, failed);
      }
    }
  }
}
