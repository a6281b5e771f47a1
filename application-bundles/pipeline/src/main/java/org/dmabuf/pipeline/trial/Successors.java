package org.dmabuf.pipeline.trial;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/** The bundles that can take the place of others: those of the same symbolic name. Immutable. */
public final class Successors {
  /**
   * A bundle on disk.
   *
   * @param location its URI, never null
   * @param symbolicName its name, never null
   * @param version its version, never null
   */
  public record Jar(String location, String symbolicName, Version version) {}

  private final List<Jar> jars = new ArrayList<>();

  /**
   * Reads the manifests.
   *
   * @param locations URIs of jar files, those to be preferred first; never null
   * @throws DmaBufException ENOENT for one that cannot be read
   */
  public Successors(List<String> locations) {
    for (String location : locations) {
      read(location).ifPresent(jars::add);
    }
  }

  /**
   * Returns what replaces a bundle: the next higher version; else, when there is none, another
   * version; else the same one anew.
   *
   * @throws DmaBufException ENOENT when there is no jar of its symbolic name
   */
  public Jar of(Bundle bundle) {
    List<Jar> same =
        jars.stream().filter(jar -> jar.symbolicName().equals(bundle.getSymbolicName())).toList();
    Version now = bundle.getVersion();
    return same.stream()
        .filter(jar -> jar.version().compareTo(now) > 0)
        .min(Comparator.comparing(Jar::version))
        .or(
            () ->
                same.stream()
                    .filter(jar -> !jar.version().equals(now))
                    .max(Comparator.comparing(Jar::version)))
        .or(() -> same.stream().findFirst())
        .orElseThrow(
            () ->
                new DmaBufException(
                    Errno.ENOENT,
                    "There is no successor for "
                        + bundle.getSymbolicName()
                        + " "
                        + now
                        + "; a jar of the same symbolic name would work"));
  }

  /** Returns the versions of one bundle, the lowest first and each once; never null. */
  public List<Jar> versions(String symbolicName) {
    Map<Version, Jar> found = new TreeMap<>();
    for (Jar jar : jars) {
      if (jar.symbolicName().equals(symbolicName)) {
        found.putIfAbsent(jar.version(), jar);
      }
    }
    return List.copyOf(found.values());
  }

  private static Optional<Jar> read(String location) {
    try (InputStream file = URI.create(location).toURL().openStream();
        JarInputStream jar = new JarInputStream(file)) {
      if (jar.getManifest() == null) {
        return Optional.empty();
      }
      Attributes main = jar.getManifest().getMainAttributes();
      String name = main.getValue(Constants.BUNDLE_SYMBOLICNAME);
      if (name == null) {
        return Optional.empty();
      }
      String version = main.getValue(Constants.BUNDLE_VERSION);
      return Optional.of(
          new Jar(location, name.split(";", 2)[0].strip(), Version.parseVersion(version)));
    } catch (IOException unreadable) {
      throw new DmaBufException(
          Errno.ENOENT, "The bundle " + location + " cannot be read: " + unreadable.getMessage());
    }
  }
}
