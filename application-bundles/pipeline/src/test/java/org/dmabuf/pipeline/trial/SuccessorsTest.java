package org.dmabuf.pipeline.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.dmabuf.DmaBufException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;

class SuccessorsTest {
  @TempDir Path folder;

  private String jar(String name, String version) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest.getMainAttributes().putValue("Bundle-SymbolicName", name + ";singleton:=true");
    manifest.getMainAttributes().putValue("Bundle-Version", version);
    Path file = folder.resolve(name + "-" + version + ".jar");
    try (OutputStream out = Files.newOutputStream(file)) {
      new JarOutputStream(out, manifest).close();
    }
    return file.toUri().toString();
  }

  private static Bundle bundle(String name, String version) {
    return (Bundle)
        Proxy.newProxyInstance(
            SuccessorsTest.class.getClassLoader(),
            new Class<?>[] {Bundle.class},
            (proxy, method, arguments) ->
                method.getName().equals("getSymbolicName") ? name : Version.parseVersion(version));
  }

  @Test
  void takesTheNextHigherVersion() throws IOException {
    Successors all =
        new Successors(List.of(jar("a", "3"), jar("a", "1.5"), jar("a", "1"), jar("b", "1.1")));
    assertThat(all.of(bundle("a", "1")).version()).isEqualTo(new Version("1.5"));
    assertThat(all.of(bundle("a", "1.5")).version()).isEqualTo(new Version("3"));
  }

  @Test
  void goesBackWhenThereIsNoHigherOneAndAnewWhenThereIsNoOther() throws IOException {
    Successors all = new Successors(List.of(jar("a", "1"), jar("a", "2"), jar("b", "1")));
    assertThat(all.of(bundle("a", "2")).version()).isEqualTo(new Version("1"));
    assertThat(all.of(bundle("b", "1")).version()).isEqualTo(new Version("1"));
  }

  @Test
  void tellsTheVersionsOfABundleEachOnceAndTheLowestFirst() throws IOException {
    String first = jar("a", "2");
    Successors all = new Successors(List.of(first, jar("a", "1"), first, jar("b", "3")));
    assertThat(all.versions("a"))
        .extracting(Successors.Jar::version)
        .containsExactly(new Version("1"), new Version("2"));
    assertThat(all.versions("c")).isEmpty();
  }

  @Test
  void saysThatThereIsNone() throws IOException {
    Successors all = new Successors(List.of(jar("a", "1")));
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> all.of(bundle("c", "1")))
        .withMessageContaining("c 1.0.0");
  }
}
