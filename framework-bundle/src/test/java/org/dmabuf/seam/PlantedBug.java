package org.dmabuf.seam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A class of the framework with one place changed for the worse. What is compiled from it is seen
 * only by a class loader of its own, which loads all of the framework and of its tests anew.
 */
public final class PlantedBug {
  private static final Path SOURCES = Path.of("src", "main", "java");

  private PlantedBug() {}

  /**
   * Compiles the changed class, and returns a class that sees it.
   *
   * @param source the file below the sources, such as "org/dmabuf/RefCount.java"
   * @param right what stands there exactly once
   * @param wrong what is to stand there
   * @param directory empty, for what is compiled
   * @param seeing the name of the class to return
   */
  public static Class<?> plant(
      String source, String right, String wrong, Path directory, String seeing) throws Exception {
    String text = Files.readString(SOURCES.resolve(source));
    assertThat(text.split(java.util.regex.Pattern.quote(right), -1))
        .as("%s has, once: %s", source, right)
        .hasSize(2);
    compile(source, text.replace(right, wrong), directory);
    return new Anew(directory).loadClass(seeing);
  }

  private static void compile(String source, String text, Path directory) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///" + source), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    List<String> options =
        List.of(
            "-proc:none",
            "-d",
            directory.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    assertThat(compiler.getTask(null, null, null, options, null, List.of(file)).call())
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
