package org.dmabuf.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The configurations of one run: made from source to pipeline, deleted the other way round.
 *
 * <p>They are of any location ("?"), so that a successor bundle gets its predecessor's.
 */
final class Setup implements AutoCloseable {
  private final ConfigurationAdmin admin;
  private final List<Configuration> made = new ArrayList<>();

  Setup(ConfigurationAdmin admin) {
    this.admin = admin;
  }

  void add(String factoryPid, Map<String, Object> properties) {
    try {
      Configuration configuration = admin.createFactoryConfiguration(factoryPid, "?");
      made.add(configuration);
      Dictionary<String, Object> dictionary = new Hashtable<>(properties);
      configuration.update(dictionary);
    } catch (IOException failed) {
      throw new IllegalStateException("Configuration " + factoryPid + " cannot be stored", failed);
    }
  }

  @Override
  public void close() {
    IOException failure = null;
    for (Configuration configuration : made.reversed()) {
      try {
        configuration.delete();
      } catch (IOException failed) {
        failure = failed;
      }
    }
    made.clear();
    if (failure != null) {
      throw new IllegalStateException("A configuration could not be deleted", failure);
    }
  }
}
