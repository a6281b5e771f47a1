package org.dmabuf.storm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.dmabuf.storm.guest.Guest;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/**
 * Clients that come and go, each a bundle of its own that is packed from {@link Guest}.
 *
 * <p>Used by one thread at a time.
 */
final class Guests {
  /** The symbolic name of each. */
  static final String NAME = "org.dmabuf.storm.guest";

  private static final String NEEDS =
      "org.osgi.framework,org.dmabuf,org.dmabuf.fence,org.dmabuf.file,org.dmabuf.heap.udmabuf,"
          + "org.dmabuf.memory,org.dmabuf.negotiation,org.dmabuf.resv,org.dmabuf.sg,org.dmabuf.sync,"
          + "org.dmabuf.video.node,org.dmabuf.video.queue";

  private final BundleContext context;
  private final Loaders loaders;
  private final Queue<Bundle> here = new ArrayDeque<>();
  private int came;

  Guests(BundleContext context, Loaders loaders) {
    this.context = context;
    this.loaders = loaders;
  }

  /** One more comes. */
  void arrive() throws BundleException, IOException {
    String version = "1.0." + came++;
    Bundle guest =
        context.installBundle(NAME + ":" + version, new ByteArrayInputStream(jar(version)));
    here.add(guest);
    guest.start();
  }

  /** The one that has been here longest goes. */
  void leave() throws BundleException {
    Bundle guest = here.remove();
    loaders.replaced(guest);
    guest.stop();
    guest.uninstall();
  }

  /** All go. */
  void leaveAll() throws BundleException {
    while (!here.isEmpty()) {
      leave();
    }
  }

  private static byte[] jar(String version) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    main.putValue(Constants.BUNDLE_SYMBOLICNAME, NAME);
    main.putValue(Constants.BUNDLE_VERSION, version);
    main.putValue(Constants.BUNDLE_ACTIVATOR, Guest.class.getName());
    main.putValue(Constants.IMPORT_PACKAGE, NEEDS);
    String entry = Guest.class.getName().replace('.', '/') + ".class";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
        InputStream code = Guest.class.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      code.transferTo(jar);
      jar.closeEntry();
    }
    return bytes.toByteArray();
  }
}
